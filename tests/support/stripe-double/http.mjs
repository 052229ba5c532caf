import { createServer } from 'node:http';

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('node:http').ServerResponse} ServerResponse */

const MAX_BODY_BYTES = 1024 * 1024;
/** Beyond this nobody means to be answered, and reading on would only keep the socket busy. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

/**
 * A body that is too large is still read to its end: a client that is cut off while writing sees a broken
 * pipe and never the 413. A body that never ends costs the caller the socket.
 *
 * @param {IncomingMessage} req
 * @returns {Promise<{ text: string, too_large: boolean }>}
 */
export async function readBody(req) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > MAX_DRAINED_BYTES) throw new Error('the body is too large even to throw away');
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const too_large = size > MAX_BODY_BYTES;
  return { text: too_large ? '' : Buffer.concat(chunks).toString('utf8'), too_large };
}

/** @param {ServerResponse} res @param {import('./types.mjs').Answer} answer */
export function send(res, answer) {
  if (answer.drop) {
    res.destroy();
  } else if (!res.destroyed) {
    // Whoever asked may have gone by now; what was executed stays executed.
    res.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/**
 * @param {number} port
 * @param {(req: IncomingMessage, res: ServerResponse) => Promise<void>} serve
 */
export async function listen(port, serve) {
  const server = createServer((req, res) => {
    serve(req, res).catch(() => res.destroy());
  });
  // An idle connection that the server closes just as a client reuses it would look like a fault nobody
  // asked for.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    /** @returns {Promise<void>} */
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
