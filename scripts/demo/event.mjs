// One billing event, as the installed package sees it: its key, its request and the decision on it.
import { createHash } from 'node:crypto';
import { dollars } from './terminal.mjs';

const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const FLOW = 'activepieces-billing';
const PREIMAGE = `${EVENT.customer_id}:${EVENT.amount_cents}:${EVENT.billing_period}:${FLOW}`;

/** The cap is what one charge costs, and the hour is fixed, so that the output is always the same. */
const GUARD = {
  policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 },
  spent_usd_cents: 0,
  now: '2026-06-01T09:00:00Z',
};

/** @typedef {ReturnType<typeof makeEvent>} MadeEvent */

/** @param {typeof import('billonce')} billonce */
export function makeEvent({ guard }) {
  const { idempotency_key, request, decision } = guard(GUARD).charge(EVENT);
  if (createHash('sha256').update(PREIMAGE).digest('hex') !== idempotency_key) {
    throw new Error('the key is not the SHA-256 of its preimage');
  }
  // Another event on the same day, when the cap is used up.
  const late = guard({ ...GUARD, spent_usd_cents: EVENT.amount_cents, on_deny: 'return' });
  return {
    event: EVENT,
    preimage: PREIMAGE,
    idempotency_key,
    request,
    decision,
    decision_when_spent: late.charge({ ...EVENT, customer_id: 'cus_B200' }).decision,
  };
}

/** @param {MadeEvent} made @param {import('./terminal.mjs').Paint} paint */
export function describeEvent(made, paint) {
  const { request, decision, decision_when_spent: refused } = made;
  const params = [...new URLSearchParams(request.body)];
  const widest = Math.max(...params.map(([name]) => name.length));
  const lines = [
    [
      'event',
      `customer ${EVENT.customer_id}, ${EVENT.amount_cents} cents, period ${EVENT.billing_period}, flow ${FLOW}`,
    ],
    ['preimage', made.preimage],
    ['key', paint.cyan(made.idempotency_key)],
    ['', paint.dim('the SHA-256 of the preimage: the same on every run, retry and host')],
    ['request', `${paint.bold(request.method)} ${request.url}`],
    ...labelled(
      'headers',
      Object.entries(request.headers).map(([name, value]) => paint.dim(`${name}: ${value}`)),
    ),
    ...labelled(
      'body',
      params.map(([name, value]) => `${name.padEnd(widest)}  ${value}`),
    ),
    ['decision', `${paint.green(decision.code)}: ${costs(decision)}`],
    ['', paint.dim(`the cap resets at ${decision.resets_at}`)],
    ['next one', `${paint.red('refused')}: ${costs(refused)}`],
    ['', paint.dim(`HTTP ${refused.http_status} ${refused.code}, and nothing is sent`)],
  ];
  return lines.map(([label, text]) => `  ${label.padEnd(10)}${text}`).join('\n');
}

const labelled = (label, texts) => texts.map((text, at) => [at === 0 ? label : '', text]);

function costs({ amount_usd_cents, cap_usd_cents, remaining_usd_cents }) {
  return `costs ${dollars(amount_usd_cents)}, and ${dollars(remaining_usd_cents)} of today's ${dollars(cap_usd_cents)} remain`;
}
