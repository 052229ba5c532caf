import { listen, readBody } from './stripe-double/http.mjs';

/** @typedef {{ path: string, body: any }} SlackMessage */
/** @typedef {Awaited<ReturnType<typeof startSlackDouble>>} SlackDouble */

/**
 * Slack's incoming webhooks: any path is a webhook, and what it was told can be read back.
 *
 * @param {{ port?: number }} [options]
 */
export async function startSlackDouble({ port = 0 } = {}) {
  /** @type {SlackMessage[]} */
  const accepted = [];
  /** @type {{ status: number, left: number }[]} */
  const faults = [];

  /** @param {import('node:http').IncomingMessage} req @returns {Promise<[number, string]>} */
  async function answer(req) {
    const { text, too_large } = await readBody(req);
    const fault = faults.find((it) => it.left > 0);
    if (fault) {
      fault.left -= 1;
      return [fault.status, 'service_unavailable'];
    }
    if (req.method !== 'POST') return [405, 'method_not_allowed'];
    const body = too_large ? undefined : parsed(text);
    if (body === undefined) return [400, 'invalid_payload'];
    accepted.push({ path: req.url ?? '/', body });
    return [200, 'ok'];
  }

  const server = await listen(port, async (req, res) => {
    const [status, body] = await answer(req);
    res.writeHead(status, { 'Content-Type': 'text/html' }).end(body);
  });

  return {
    url: server.url,
    port: server.port,
    /** What was accepted, oldest first. @returns {SlackMessage[]} */
    messages: () => structuredClone(accepted),
    fail: ({ status = 503, times = 1 } = {}) => {
      faults.push({ status, left: times });
    },
    close: server.close,
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
