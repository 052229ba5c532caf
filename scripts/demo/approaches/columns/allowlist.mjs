import { POLICY } from '../site.mjs';

const MONEY = { amount: '4900', currency: 'usd' };

/** The credential may charge. What else does it do? Two calls about other objects, and two about charges. */
export const allowlist = {
  id: 'allowlist',
  head: ['endpoint', 'allowlist'],

  /** @param {import('../site.mjs').Site} site */
  async measure(site) {
    site.stripe.reset();
    const made = await site.atStripe('/v1/charges', { ...MONEY, customer: 'cus_A100', capture: 'false' });
    const credential = await site.issue({ ...POLICY, daily_usd_cap: 10_000 });
    let sent = 0;
    const call = (endpoint, form) => site.call(credential, endpoint, { form, key: `allowlist-${sent++}` });

    const allowed = await call('POST /v1/charges', { ...MONEY, customer: 'cus_A100' });
    if (allowed.status !== 200) throw new Error(`what is allowed was answered ${allowed.status}`);
    const before = site.stripe.requests().length;
    const answers = [
      await call('POST /v1/payouts', MONEY),
      await call('POST /v1/transfers', { ...MONEY, destination: 'acct_1' }),
      await call(`POST /v1/charges/${made.id}/capture`, { amount: '4900' }),
      await call('GET /v1/charges'),
    ];
    const refused = answers.filter(({ status }) => status === 403).length;
    const done = site.stripe
      .requests()
      .slice(before)
      .filter(({ status }) => status === 200).length;
    if (refused + done !== answers.length) throw new Error('a call was neither refused nor done');
    return { refused, of: answers.length };
  },
  state: ({ refused, of }) => (refused === of ? 'yes' : refused > 0 ? 'partial' : 'no'),
  figure: ({ refused, of }) => [`${refused} of ${of}`, 'refused'],
};
