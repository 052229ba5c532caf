import { POLICY } from '../site.mjs';

const MONEY = { amount: '4900', currency: 'usd' };

/** A charge, the same again, and a payout that is not allowed: which of them does the approach itself have a row of? */
export const audit = {
  id: 'audit',
  head: ['audit', 'log'],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    site.stripe.reset();
    const credential = await site.issue(POLICY);
    const charge = { form: { ...MONEY, customer: 'cus_A100' }, key: site.approach.keyed && 'audit-charge' };
    const payout = { form: MONEY, key: site.approach.keyed && 'audit-payout' };
    const calls = [
      ['POST /v1/charges', charge],
      ['POST /v1/charges', charge],
      ['POST /v1/payouts', payout],
    ];
    const told = [];
    for (const [endpoint, request] of calls) {
      const { status } = await site.call(credential, endpoint, request);
      told.push(`${endpoint} ${status}`);
    }
    const rows = (await site.audit(credential.id)).map(({ endpoint, status }) => `${endpoint} ${status}`);
    const logged = told.filter((call, at) => rows[at] === call).length;
    if (rows.length !== logged) throw new Error(`the log has ${rows}, the calls were ${told}`);
    return { logged, of: calls.length };
  },
  state: ({ logged, of }) => (logged === of ? 'yes' : logged > 0 ? 'partial' : 'no'),
  figure: ({ logged, of }) => [`${logged} of ${of}`, 'calls'],
};
