import { RENEWAL } from '../site.mjs';
import { counted, guardState } from './guard.mjs';

const MINUTE = 60_000;

/** Slack fails, the run fails, somebody clicks Retry: after 20 minutes, and on the next day. */
export const retry = {
  id: 'retry',
  head: ['flow retry', ''],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    const soon = await retried(site, 20 * MINUTE);
    const later = await retried(site, 25 * 60 * MINUTE);
    return { same_day: soon.charges, next_day: later.charges, retried_run: soon.status };
  },
  state: ({ same_day, next_day }) => guardState(same_day, next_day),
  figure: ({ same_day, next_day }) => [counted(same_day), `next day ${next_day}`],
};

async function retried(site, after) {
  const lab = await site.openLab();
  try {
    lab.slack.fail({ status: 503 });
    const run = await lab.deliver(RENEWAL);
    site.stripe.clock.advance(after);
    const { status } = await lab.retry(run);
    return { charges: site.stripe.totals().count, status };
  } finally {
    await lab.close();
  }
}
