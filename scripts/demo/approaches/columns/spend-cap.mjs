import { POLICY, RENEWAL } from '../site.mjs';

const CAP_USD = 98;
const CHARGES = 6;

/** Six customers are billed $49 each under a cap of $98: one after the other, and all at once. */
export const spendCap = {
  id: 'spend_cap',
  head: ['spend cap', `of $${CAP_USD}`],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    return { in_turn_cents: await billed(site, inTurn), at_once_cents: await billed(site, atOnce) };
  },
  state({ in_turn_cents, at_once_cents }) {
    const held = [in_turn_cents, at_once_cents].filter((cents) => cents <= CAP_USD * 100).length;
    return ['no', 'partial', 'yes'][held];
  },
  figure: ({ in_turn_cents, at_once_cents }) => [
    `$${in_turn_cents / 100}`,
    `at once $${at_once_cents / 100}`,
  ],
};

const events = Array.from({ length: CHARGES }, (_, at) => ({ ...RENEWAL, customer_id: `cus_${at}` }));

async function billed(site, deliverAll) {
  const lab = await site.openLab({ ...POLICY, daily_usd_cap: CAP_USD });
  try {
    await deliverAll(lab);
    return site.stripe.totals().amount_minor;
  } finally {
    await lab.close();
  }
}

async function inTurn(lab) {
  for (const event of events) await lab.deliver(event);
}

/** Each is in flight, or refused, before the next one begins; none is answered before all are. */
async function atOnce(lab) {
  const [runs, holds] = [[], []];
  for (const event of events) {
    const hold = lab.holdNextCharge();
    const run = lab.deliver(event);
    const held = await Promise.race([hold.reached.then(() => true), run.then(() => false)]);
    if (!held) hold.release();
    runs.push(run);
    holds.push(hold);
  }
  for (const { release } of holds) release();
  await Promise.all(runs);
}
