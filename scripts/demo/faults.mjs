// What goes wrong with a billing flow, one definition for each. Nothing here waits for a clock: an order of events is
// made by the doubles.
import { looping, loopingWithIndex, resending, withChargeType } from './flows.mjs';

/**
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} title                     at most 24 characters: the table has 100
 * @property {string} why                       what happens, in a sentence
 * @property {(parts: import('./flows.mjs').Parts) => void} [variant]
 * @property {Money} owed                       what the customer really owes
 * @property {{ without: Money, with: Money }} expected   what is to be counted at the double
 * @property {(lab: import('./lab.mjs').Lab) => Promise<void>} happen
 * @property {(lab: import('./lab.mjs').Lab) => string} [seen]   what the guarded flow met
 * @property {string} [advice]
 */

/** @typedef {{ charges: number, usd_cents: number }} Money */

/** @returns {Money} */
const times = (charges, each) => ({ charges, usd_cents: charges * each });

const RENEWAL = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const INVOICE = { ...RENEWAL, amount_cents: 6000, lines: Array(3).fill({ amount_cents: 2000 }) };

async function failAndRetry(lab, payload) {
  lab.slack.fail({ status: 503 });
  await lab.retry(await lab.deliver(payload));
}

async function bothCharges(lab) {
  for (const charge_type of ['renewal', 'upgrade']) await failAndRetry(lab, { ...RENEWAL, charge_type });
}

const answers = (lab) =>
  lab.stripe
    .requests()
    .map(({ status, replayed }) => `${status ?? 'no answer'}${replayed ? ' (the same charge)' : ''}`);

/** @type {Fault[]} */
export const FAULTS = [
  {
    name: 'dashboard_retry',
    title: 'retry after Slack failed',
    why: 'Slack answers 503, the run fails, somebody clicks Retry in the dashboard: every step runs again.',
    owed: times(1, 4900),
    expected: { without: times(2, 4900), with: times(1, 4900) },
    happen: (lab) => failAndRetry(lab, RENEWAL),
  },
  {
    name: 'duplicate_delivery',
    title: 'webhook twice at once',
    why: 'The sender repeats a delivery: two runs have their POST in flight together.',
    owed: times(1, 4900),
    expected: { without: times(2, 4900), with: times(1, 4900) },
    async happen(lab) {
      const first = lab.holdNextCharge();
      const one = lab.deliver(RENEWAL, lab.workers[0]);
      await Promise.race([first.reached, one]);
      const second = lab.holdNextCharge();
      const other = lab.deliver(RENEWAL, lab.workers[1]);
      // The second either hangs at Stripe as well, or was turned away and its run has ended.
      await Promise.race([second.reached, other]);
      first.release();
      second.release();
      for (const run of await Promise.all([one, other])) if (run.status === 'FAILED') await lab.retry(run);
    },
    seen: (lab) =>
      `With billonce Stripe answers ${answers(lab).join(', ')}: the second run fails with idempotency_key_in_use, and a dashboard retry gives it the charge of the first.`,
  },
  {
    name: 'worker_died',
    title: 'worker died after POST',
    why: 'Stripe has charged, the worker is killed before the answer; its run starts again from step 1, by itself.',
    owed: times(1, 4900),
    expected: { without: times(2, 4900), with: times(1, 4900) },
    async happen(lab) {
      const lost = lab.stripe.fail({ kind: 'lost_answer' });
      const run = lab.deliver(RENEWAL);
      await Promise.race([lost.reached, run]);
      lab.workers[0].kill();
      await lab.restart(await run);
    },
  },
  {
    name: 'http_resend',
    title: 'HTTP re-sends on 5xx',
    why: 'Stripe charges and a gateway answers 502, twice; the failure mode retry_5xx sends three POSTs.',
    variant: resending,
    owed: times(1, 4900),
    expected: { without: times(3, 4900), with: times(1, 4900) },
    async happen(lab) {
      lab.stripe.fail({ kind: 'gateway_502', times: 2 });
      await lab.deliver(RENEWAL);
    },
  },
  {
    name: 'hourly_schedule',
    title: 'schedule fires 24 times',
    why: 'A daily schedule was left at hourly: 24 runs in 24 hours, on the $99 plan.',
    owed: times(1, 9900),
    expected: { without: times(24, 9900), with: times(1, 9900) },
    async happen(lab) {
      for (let hour = 0; hour < 24; hour++) {
        await lab.deliver({ ...RENEWAL, amount_cents: 9900, hour_of_the_day: hour });
        lab.stripe.clock.advance(60 * 60 * 1000);
      }
    },
  },
  {
    name: 'loop_with_index',
    title: 'loop of 3, with index',
    why: 'Three equal lines of $20, then Slack fails and the whole run is retried.',
    variant: loopingWithIndex,
    owed: times(3, 2000),
    expected: { without: times(6, 2000), with: times(3, 2000) },
    happen: (lab) => failAndRetry(lab, INVOICE),
  },
  {
    name: 'loop_without_index',
    title: 'loop of 3, no index',
    why: 'The same, but the key does not say which line it is for: Stripe takes the three for one.',
    variant: looping,
    owed: times(3, 2000),
    expected: { without: times(6, 2000), with: times(1, 2000) },
    happen: (lab) => failAndRetry(lab, INVOICE),
    advice: 'Inside a loop, give loop_index or loop_item.',
  },
  {
    name: 'two_charges_with_type',
    title: 'two charges, with type',
    why: 'A renewal and an upgrade of equal amount in one period, each retried after Slack failed.',
    variant: withChargeType,
    owed: times(2, 4900),
    expected: { without: times(4, 4900), with: times(2, 4900) },
    happen: bothCharges,
  },
  {
    name: 'two_charges_without_type',
    title: 'two charges, no type',
    why: 'The same, but the key does not say what is charged: Stripe takes the upgrade for the renewal.',
    owed: times(2, 4900),
    expected: { without: times(4, 4900), with: times(1, 4900) },
    happen: bothCharges,
    advice: 'Where one period has several charges, give charge_type.',
  },
];
