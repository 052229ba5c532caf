import { RENEWAL } from '../site.mjs';
import { counted, guardState } from './guard.mjs';

/** How long the first request is kept in flight for a second that nothing is heard of, at most. */
const LONGEST_MS = 10_000;

/** The sender repeats its delivery: when the first run has ended, and while its request is in flight. */
export const duplicateWebhook = {
  id: 'duplicate_webhook',
  head: ['webhook', 'twice'],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    return { in_turn: await inTurn(site), ...(await atOnce(site)) };
  },
  state: ({ in_turn, at_once }) => guardState(in_turn, at_once),
  figure: ({ in_turn, at_once }) => [counted(in_turn), `at once ${at_once}`],
};

async function inTurn(site) {
  const lab = await site.openLab();
  try {
    await lab.deliver(RENEWAL);
    await lab.deliver(RENEWAL);
    return site.stripe.totals().count;
  } finally {
    await lab.close();
  }
}

/** Once more with more patience, until the second was certainly there before the first had its answer. */
async function atOnce(site) {
  for (let patience = 50; patience < LONGEST_MS; patience *= 2) {
    const lab = await site.openLab();
    try {
      const second = await deliverTwice(lab, patience);
      const kept =
        second.met || (await site.audit(lab.credential.id)).some(({ reason }) => reason === 'waited');
      if (kept) return { at_once: site.stripe.totals().count, second_run: second.status };
    } finally {
      await lab.close();
    }
  }
  throw new Error('two runs could not be brought to have their requests in flight together');
}

async function deliverTwice(lab, patience) {
  const [worker, another] = lab.workers;
  const first = lab.holdNextCharge();
  const one = lab.deliver(RENEWAL, worker);
  await Promise.race([first.reached, one]);
  const second = lab.holdNextCharge();
  const other = lab.deliver(RENEWAL, another);
  // The second hangs at Stripe as well, or was turned away; or the edge lets it wait, which only its audit tells afterwards.
  const seen = Promise.race([second.reached, other]).then(() => true);
  const met = await Promise.race([seen, new Promise((wake) => setTimeout(wake, patience, false))]);
  first.release();
  second.release();
  await one;
  let run = await other;
  const { status } = run;
  if (status === 'FAILED') run = await lab.retry(run);
  return { met, status };
}
