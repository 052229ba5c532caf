// What `npm start` counts over HTTP, at a Stripe double and with real processes, the lab counts in its simulated world: the same figures.
import { compareApproaches, runScenario } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import { EXPECTED } from '../../scripts/demo/approaches/published.mjs';
import { FAULTS } from '../../scripts/demo/faults.mjs';
import { makeFlow } from '../../scripts/demo/flows.mjs';
import { GUARDED, UNGUARDED } from './flows.mjs';

const RENEWAL = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const INVOICE = { ...RENEWAL, amount_cents: 6000, lines: Array(3).fill({ amount_cents: 2000 }) };
const BOTH = ['renewal', 'upgrade'].map((charge_type) => ({ ...RENEWAL, charge_type }));

/** What happens in each fault of `npm start`, as the lab calls it. */
const SCENARIOS = {
  dashboard_retry: { fault: 'dashboard_retry', payload: RENEWAL },
  duplicate_delivery: { fault: 'duplicate_delivery', payload: RENEWAL },
  worker_died: { fault: 'worker_died@1', payload: RENEWAL },
  http_resend: { fault: 'http_resend@1', payload: RENEWAL },
  hourly_schedule: { fault: 'hourly_schedule', payload: { ...RENEWAL, amount_cents: 9900 } },
  loop_with_index: { fault: 'dashboard_retry', payload: INVOICE },
  loop_without_index: { fault: 'dashboard_retry', payload: INVOICE },
  two_charges_with_type: { fault: 'dashboard_retry', payloads: BOTH },
  two_charges_without_type: { fault: 'dashboard_retry', payloads: BOTH },
};

const money = ({ charges, amounts }) => ({ charges, usd_cents: amounts.usd ?? 0 });

describe.each(FAULTS)('$name', ({ name, variant, owed, expected }) => {
  test.each(['without', 'with'])('%s billonce', async (side) => {
    const { fault, ...events } = SCENARIOS[name];
    const scenario = { seed: 0, faults: [fault] };
    const report = await runScenario(makeFlow(side, variant), scenario, events);
    expect(money(report.owed)).toEqual(owed);
    expect(money(report.charged)).toEqual(expected[side]);
    const once = expected[side].charges === owed.charges;
    const twice = expected[side].charges > owed.charges;
    expect(report.verdict).toBe(once ? 'billed_once' : twice ? 'charged_twice' : 'lost');
  });
});

test.each([
  ['the unguarded flow', UNGUARDED],
  ['the guarded flow', GUARDED],
])('the table of six approaches, from %s', async (_, flow) => {
  const { approaches } = await compareApproaches(flow, { payload: RENEWAL });
  const cells = approaches.map(({ id, cells }) => [
    id,
    Object.fromEntries(
      Object.entries(cells).map(([column, { state, text }]) => [column, `${state}: ${text}`]),
    ),
  ]);
  expect(Object.fromEntries(cells)).toEqual(EXPECTED);
});
