// `Send HTTP request` of Activepieces' HTTP piece, as far as a billing flow uses it.

const CONTENT_TYPES = { raw: 'text/plain', json: 'application/json' };

/** How many POSTs a failure mode allows when the server answers with 5xx; they follow each other at once. */
const ATTEMPTS = { continue_none: 1, retry_5xx: 3 };

/** @returns {Promise<{ status: number, headers: object, body: unknown }>} throws for anything but 2xx, as the piece does */
export async function sendRequest(input) {
  const attempts = ATTEMPTS[input.failureMode];
  if (!attempts) throw new Error(`failureMode ${input.failureMode} is unknown here`);
  let answer = await sendOnce(input);
  for (let sent = 1; sent < attempts && answer.status >= 500; sent++) answer = await sendOnce(input);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${new URL(input.url).host} answered ${answer.status}: ${reason(answer.body)}`);
}

async function sendOnce({ url, method, headers, authType, authFields, body_type, body }) {
  const response = await fetch(url, {
    method,
    headers: {
      'Content-Type': CONTENT_TYPES[body_type],
      ...headers,
      ...(authType === 'BEARER_TOKEN' ? { Authorization: `Bearer ${authFields.token}` } : {}),
    },
    body: body_type === 'json' ? JSON.stringify(body.data) : body.data,
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const reason = (body) => body?.error?.code ?? body?.error?.message ?? body;
