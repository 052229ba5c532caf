import { type BillingEvent, idempotencyKey } from 'billonce';
import { parseWords, Usage } from './usage.ts';

export const KEY_HELP = `billonce key: the idempotency key of one billing event

Usage
  billonce key --customer_id cus_A100 --amount_cents 4900 --billing_period 2026-06

  --customer_id      the Stripe customer
  --amount_cents     in the currency's minor unit
  --billing_period   the same on every run that bills it
  --flow             default: activepieces-billing
  --branch           the router's branch
  --charge_type      tells apart several charges of a customer in a period
  --loop_index       the loop's index; once for each loop, outermost first
  --loop_item        the item's own id
  --scheme           v1 (default) or v2
  --currency, --endpoint   v2 only
  --json             { "idempotency_key", "event" }
`;

const TEXTS = [
  'customer_id',
  'amount_cents',
  'billing_period',
  'flow',
  'branch',
  'charge_type',
  'loop_item',
  'scheme',
  'currency',
  'endpoint',
];

const OPTIONS = {
  ...(Object.fromEntries(TEXTS.map((name) => [name, { type: 'string' }])) as Record<
    string,
    { type: 'string' }
  >),
  loop_index: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

/** Prints the key alone, for scripts. */
export function keyCommand(words: string[]): number {
  const { values, positionals } = parseWords(words, OPTIONS, 'key');
  if (positionals.length > 0) {
    throw new Usage(
      'billonce key: a word stands there without an option. Quote values with spaces; billonce key --help tells more.',
    );
  }
  const { json, loop_index, ...texts } = values as Record<string, string> & {
    json?: boolean;
    loop_index?: string[];
  };
  const event = {
    ...texts,
    ...(loop_index ? { loop_index: loop_index.length === 1 ? loop_index[0] : loop_index } : {}),
  };
  const idempotency_key = idempotencyKey(event as unknown as BillingEvent);
  process.stdout.write(`${json ? JSON.stringify({ idempotency_key, event }, null, 2) : idempotency_key}\n`);
  return 0;
}
