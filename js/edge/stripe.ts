// Asking Stripe, with the key that nobody else has.
import { parse } from '../body.ts';
import type { Forward } from './rules.ts';
import type { Env, Reply } from './types.ts';

/** How long an answer is waited for; Stripe's own SDKs give up after 80 seconds. */
export const ANSWER_WITHIN_MS = 80_000;

/** What a client may see of an answer's headers. */
const PASSED_ON = [
  'content-type',
  'idempotency-key',
  'idempotent-replayed',
  'original-request',
  'request-id',
  'retry-after',
  'stripe-account',
  'stripe-rate-limited-reason',
  'stripe-should-retry',
  'stripe-version',
];

export const NO_ANSWER: Reply = { status: 0, headers: {}, body: '' };

/** Sends a request. A status of 0 means that no answer arrived, whole and in time. */
export async function askStripe(env: Env, { method, path, headers, body }: Forward): Promise<Reply> {
  // Not AbortSignal.timeout: an object may have 10,000 timers, and one that is not cleared counts until its time is over.
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), ANSWER_WITHIN_MS);
  const base = (env.STRIPE_BASE ?? 'https://api.stripe.com').replace(/\/+$/, '');
  try {
    const response = await fetch(base + path, {
      method,
      headers: { ...headers, Authorization: `Bearer ${env.STRIPE_SECRET_KEY}` },
      ...(method === 'POST' && { body }),
      redirect: 'manual',
      signal: tooLate.signal,
    });
    const text = await response.text();
    // What is none of HTTP's statuses says nothing, and could not be passed on.
    if (response.status < 200 || response.status > 599) return NO_ANSWER;
    const passedOn = [...response.headers].filter(([name]) => PASSED_ON.includes(name.toLowerCase()));
    const shown = passedOn.map(([name, value]) => [name, without(value, env.STRIPE_SECRET_KEY)]);
    return {
      status: response.status,
      headers: Object.fromEntries(shown),
      body: without(text, env.STRIPE_SECRET_KEY),
    };
  } catch {
    // What a fetch throws may tell of the request; nobody needs it.
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
  }
}

/** A call that Stripe says is still in flight is asked for again this often. */
const IN_FLIGHT_TRIES = 6;

/** Stripe's answer; while it says that a request with this key is in flight, it is asked again. */
export async function askUntilDone(env: Env, outgoing: Forward): Promise<Reply> {
  for (let tries = 0; ; tries++) {
    const answer = await askStripe(env, outgoing);
    if (answer.status !== 409 || tries === IN_FLIGHT_TRIES) return answer;
    const ms = Math.min(250 * 2 ** tries, 4000);
    await new Promise<void>((done) => setTimeout(done, ms));
  }
}

/** An answer has no business repeating the key; should it do so, nobody sees it. */
const without = (text: string, secret: string) =>
  secret && text.includes(secret) ? text.replaceAll(secret, '[key]') : text;

/** An answer as the rules read it. */
export const readable = ({ status, headers, body }: Reply) => ({ status, headers, body: parse(body) });
