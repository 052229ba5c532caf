// A fetch that answers as a test says, and the answers.

/** A fetch that answers with each of these in turn, called with the request's init; and what it was called with. */
export function answering(...answers) {
  const inits = [];
  const fetch = async (_, init) => {
    inits.push(init);
    return answers.shift()(init);
  };
  return { fetch, inits };
}

export const CHARGED = '{"id":"ch_1","object":"charge","status":"succeeded"}';

export const never = () => new Promise(() => {});
export const charged = () => new Response(CHARGED);
export const lost = () => Promise.reject(new Error('reset'));
export const limited = (headers) => () =>
  new Response('{"error":{"code":"rate_limit"}}', { status: 429, headers });
