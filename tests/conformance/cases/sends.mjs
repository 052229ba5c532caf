// What `send` does with one answer after another. Here the answers are made up; tests/api/ asks doubles of Stripe.
import { EVENT, VAULT_KEY } from './shared.mjs';

const CHARGE = { id: 'ch_1', object: 'charge', status: 'succeeded', captured: true };
const answer = (status, body, headers = {}) => ({ status, headers, text: async () => JSON.stringify(body) });
const lost = () => Promise.reject(new Error(`socket hang up, while sending ${VAULT_KEY}`));

export function sends({ guard }, check) {
  /** Sends to a fetch that gives these answers, one for each attempt, and says what became of it. */
  const send = async (answers, options) => {
    const keys = new Set();
    const fetch = async (_, { headers }) => {
      keys.add(headers['Idempotency-Key']);
      return answers.shift();
    };
    const billing = guard({ vault_key: VAULT_KEY });
    const { outcome, body, attempts } = await billing.send(billing.charge(EVENT), fetch, {
      sleep: async () => {},
      ...options,
    });
    const said = ({ kind, charged, retry }) => `${kind} ${charged} ${retry}`;
    return {
      attempts: attempts.map((one) => said(one.outcome)),
      outcome: said(outcome),
      body,
      keys: keys.size,
    };
  };
  const became = (title, answers, attempts, more) =>
    check(title, () => send(answers, more?.options), {
      attempts,
      outcome: more?.outcome ?? attempts.at(-1),
      body: more?.body ?? null,
      keys: 1,
    });

  const charged = { body: CHARGE };
  const unknown = 'network_error unknown same_key';
  became('a charge', [answer(200, CHARGE)], ['succeeded yes never'], charged);
  became('a lost answer', [lost(), answer(200, CHARGE)], [unknown, 'succeeded yes never'], charged);
  became('nothing but lost answers', [lost(), lost(), lost()], [unknown, unknown, unknown]);
  became('as often as it may', [lost(), lost()], [unknown, unknown], { options: { max_attempts: 2 } });
  const cap = { error: 'daily_usd_cap_exceeded' };
  became('a cap', [answer(429, cap)], ['cap_exceeded no never'], { body: cap });
  const afterwards = [unknown, 'cap_exceeded unknown review'];
  became('a cap after a lost answer', [lost(), answer(429, cap)], afterwards, { body: cap });
  const limit = { error: { code: 'rate_limit' } };
  const patience = [answer(429, limit, { 'Retry-After': '61' })];
  became('a longer wait than it has', patience, ['rate_limited no same_key'], { body: limit });
  const failed = { error: { type: 'api_error' } };
  const final = [answer(500, failed, { 'Stripe-Should-Retry': 'false' })];
  became("Stripe's advice against it", final, ['stripe_error unknown review'], { body: failed });
  became(
    'no status',
    [{ headers: {}, text: async () => '' }, answer(200, CHARGE)],
    [unknown, 'succeeded yes never'],
    charged,
  );
  const asleep = {
    sleep: async () => {
      throw new Error('woken');
    },
  };
  became('a sleep that fails', [lost()], [unknown], { options: asleep });

  const refuse = (codeAndField, problem, ...options) => {
    const [code, field] = codeAndField.split(' ');
    for (const [at, given] of options.entries()) {
      const refusal = { code, field, message: `${field} ${problem}` };
      check(`${codeAndField} ${at + 1}`, () => send([], given), refusal);
    }
  };
  const attempts = 'must be an integer from 1 to 100';
  for (const max_attempts of [0, -1, 1.5, 101, '3.0', Number.NaN, null, true]) {
    refuse('wrong_type options.max_attempts', attempts, { max_attempts });
  }
  const timeout = 'must be an integer from 1 to 3600000';
  refuse('wrong_type options.timeout_ms', timeout, { timeout_ms: 0 }, { timeout_ms: 3_600_001 });
  const wait = 'must be an integer from 0 to 3600000';
  refuse(
    'wrong_type options.max_wait_ms',
    wait,
    { max_wait_ms: -1 },
    { max_wait_ms: Number.POSITIVE_INFINITY },
  );
  refuse('wrong_type options.sleep', 'must be a function, not a number', { sleep: 500 });
  refuse('wrong_type options.signal', 'must be an AbortSignal, not text', { signal: 'stop' });
  const time = 'is not a time: give ISO 8601 text with a zone ("2026-06-01T09:00:00Z"), a Date, or Unix time';
  refuse('invalid_time options.first_sent_at', time, { first_sent_at: 'yesterday' });
  const near = 'is not a field here. Did you mean max_attempts?';
  refuse('unknown_field options.max_attempt', near, { max_attempt: 3 });
  class Signal {
    aborted = true;
  }
  const aborted = 'was aborted before anything was sent';
  refuse('aborted options.signal', aborted, { signal: new Signal() });
  const billing = guard({ vault_key: VAULT_KEY });
  check('options that are none', () => billing.send(billing.charge(EVENT), send, null), {
    code: 'wrong_type',
    field: 'options',
    message: 'options must be an object, not null',
  });
}
