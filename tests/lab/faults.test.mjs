// What each fault does to flows whose fate is known, in the lab's world.
import { fixFlow, readFlow, runScenario, testFlow } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import {
  byEvent,
  continuing,
  INVOICE,
  INVOICE_WITH_IDS,
  keyed,
  keyOfChance,
  keyOfInputs,
  LINE,
  looped,
  proxied,
  RENEWAL,
  retrying,
  twoCharges,
  UNGUARDED,
  withoutSlack,
} from './fault-flows.mjs';
import { code, FORM, flowOf, http } from './flows.mjs';

const named = ({ fault: { name, call } }) => (call === undefined ? name : `${name}@${call}`);

/** Charges, verdict and cause of each fault. */
async function fates(flow, payload, options = {}) {
  const { reports } = await testFlow(flow, { payload, ...options });
  return Object.fromEntries(
    reports.map((it) => {
      const { charged, verdict, cause } = it.report;
      return [named(it), [charged.charges, verdict, cause].filter((part) => part !== null).join(' ')];
    }),
  );
}

const once = (charges = 1) => `${charges} billed_once`;

test('a flow without a key: every fault after which something is called again charges again', async () => {
  const twice = (charges) => `${charges} charged_twice no_key`;
  expect(await fates(UNGUARDED, RENEWAL)).toEqual({
    dashboard_retry: twice(2),
    retry_from_failed_step: once(),
    duplicate_delivery: twice(2),
    duplicate_delivery_later: twice(2),
    'worker_died@1': twice(2),
    'http_resend@1': twice(2),
    hourly_schedule: twice(24),
    retry_after_25_hours: twice(2),
    retry_after_3_days: twice(2),
    field_renamed: twice(2),
    period_reformatted: twice(2),
    'stripe_429@1': once(),
    'stripe_500@1': twice(2),
    'stripe_500_before@1': once(),
    'stripe_timeout@1': twice(2),
    'stripe_timeout_before@1': once(),
    slack_down: twice(4),
  });
});

test('the stock Stripe piece, the published unsafe step and the run id each charge again', async () => {
  const ref = (name) => `{{trigger['output']['body']['${name}']}}`;
  const input = { customer_id: ref('customer_id'), amount_cents: ref('amount_cents') };
  const unsafe = code(
    `const Stripe = require('stripe');
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
export const run = async ({ inputs }) => {
  const charge = await stripe.charges.create({ amount: inputs.amount_cents, currency: 'usd', customer: inputs.customer_id });
  return { charge_id: charge.id };
};`,
    input,
  );
  const byRunId = unsafe.settings.sourceCode.code
    .replace('{ inputs }', '{ inputs, context }')
    .replace('inputs.customer_id });', 'inputs.customer_id }, { idempotencyKey: context.run.id });');
  const piece = {
    name: 'step_1',
    type: 'PIECE',
    settings: {
      pieceName: '@activepieces/piece-stripe',
      actionName: 'create_payment_intent',
      input: {
        amount: 49,
        currency: 'usd',
        customer: ref('customer_id'),
        confirm: true,
        payment_method: 'pm_1',
        return_url: 'https://example.com',
      },
    },
  };
  for (const [step, cause] of [
    [unsafe, 'key_changed'],
    [{ ...unsafe, settings: { ...unsafe.settings, sourceCode: { code: byRunId } } }, 'key_changed'],
    [piece, 'no_key'],
  ]) {
    const { reports } = await testFlow(flowOf(step), { payload: RENEWAL });
    const told = Object.fromEntries(reports.map((it) => [named(it), it.report]));
    for (const fault of ['dashboard_retry', 'duplicate_delivery', 'stripe_500@1'])
      expect(told[fault]).toMatchObject({ verdict: 'charged_twice', cause, charged: { charges: 2 } });
    // The same run begins again with the same id, which a key of it survives.
    const again = step.settings.sourceCode?.code === byRunId ? 1 : 2;
    expect(told['worker_died@1'].charged.charges).toBe(again);
    expect(told['http_resend@1'].charged.charges).toBe(cause === 'no_key' ? 2 : 1);
  }
});

test('a payment intent that names no payment method is paid', async () => {
  const data = `amount=4900&currency=usd&customer={{trigger['output']['body']['customer_id']}}&confirm=true`;
  const flow = flowOf(
    http(
      { url: 'https://api.stripe.com/v1/payment_intents', headers: FORM, body: { data } },
      { name: 'step_1' },
    ),
  );
  const report = await runScenario(flow, { faults: ['duplicate_delivery'] }, { payload: RENEWAL });
  expect(report).toMatchObject({ verdict: 'charged_twice', owed: { charges: 1 }, charged: { charges: 2 } });
});

test('a key of a header of the webhook: the same for each delivery of an event, another for another event', async () => {
  const key = "{{trigger['output']['headers']['x-delivery-id']}}";
  const flow = flowOf(
    http(
      {
        headers: { ...FORM, 'Idempotency-Key': key },
        body: { data: "amount=4900&currency=usd&customer={{trigger['output']['body']['customer_id']}}" },
      },
      { name: 'step_1' },
    ),
  );
  const { baseline, reports } = await testFlow(flow, { payloads: [RENEWAL, RENEWAL] });
  expect(baseline.report).toMatchObject({ verdict: 'billed_once', charged: { charges: 2 } });
  const told = Object.fromEntries(reports.map((it) => [named(it), it.report]));
  for (const fault of ['dashboard_retry', 'duplicate_delivery', 'worker_died@1'])
    expect(told[fault]).toMatchObject({ verdict: 'billed_once', charged: { charges: 2 } });
  expect((await testFlow(flow, {})).payload).toEqual({
    source: 'made',
    events: [{ customer_id: 'cus_A100' }],
  });
});

test('what is authorized first and captured then is owed once', async () => {
  const captured = flowOf(
    http(
      { headers: FORM, body: { data: `amount=4900&currency=usd&customer=cus_1&capture=false` } },
      { name: 'step_1' },
    ),
    http(
      {
        url: "https://api.stripe.com/v1/charges/{{step_1['output']['body']['id']}}/capture",
        headers: FORM,
        body_type: 'none',
      },
      { name: 'step_2' },
    ),
  );
  const { baseline, reports } = await testFlow(captured, { payload: RENEWAL });
  const paid = { charges: 1, amounts: { usd: 4900 } };
  expect(baseline.report).toMatchObject({ verdict: 'billed_once', owed: paid, charged: paid });
  const told = Object.fromEntries(reports.map((it) => [named(it), it.report]));
  expect(told.duplicate_delivery).toMatchObject({ verdict: 'charged_twice', charged: { charges: 2 } });
  expect(told['worker_died@1']).toMatchObject({ verdict: 'billed_once' });
});

test("a list of 100,000 items is refused by the loop's name, at once", async () => {
  const lines = Array.from({ length: 100_000 }, () => ({ amount_cents: 100 }));
  await expect(testFlow(looped(LINE.index), { payload: { ...RENEWAL, lines } })).rejects.toMatchObject({
    code: 'input_too_large',
    field: 'step_9',
    message:
      'step_9 goes through 100,000 items; faults are tried with up to 2,000 of them in a run: give fewer, which go wrong in the same ways',
  });
});

test("a key of the event's own: only Stripe's forgetting charges again", async () => {
  const { retry_after_25_hours, retry_after_3_days, ...others } = await fates(keyed(byEvent), RENEWAL);
  expect([retry_after_25_hours, retry_after_3_days]).toEqual(Array(2).fill('2 charged_twice key_forgotten'));
  expect(Object.entries(others).filter(([, fate]) => fate !== once())).toEqual([]);
  expect(Object.keys(others)).toContain('stripe_409@1');
});

test('a key that chance makes is no better than none, whatever the fault is called', async () => {
  const fate = await fates(keyOfChance, RENEWAL);
  for (const fault of ['dashboard_retry', 'duplicate_delivery', 'worker_died@1', 'stripe_timeout@1'])
    expect([fault, fate[fault]]).toEqual([fault, '2 charged_twice key_changed']);
  // Nothing is sent anew with another key.
  expect(fate.retry_from_failed_step).toBe(once());
});

test('a key of all inputs changes with their names, and with the format of the period', async () => {
  const fate = await fates(keyOfInputs, RENEWAL);
  expect(fate.field_renamed).toBe('2 charged_twice key_of_an_edit');
  expect(fate.period_reformatted).toBe('2 charged_twice key_of_an_edit');
  expect(fate.dashboard_retry).toBe(once());
});

describe('a loop', () => {
  test("whose key has the loop's index charges again where the order is another", async () => {
    const key = `${byEvent}-${LINE.index}`;
    const fate = await fates(looped(key), INVOICE);
    // The first line has another amount now, under the key of the last one: that is refused, and nothing is charged twice.
    expect(fate.list_reordered).toBe(once(3));
    const amounts = `${key}-{{step_9['output']['item']['amount_cents']}}`;
    expect((await fates(looped(amounts), INVOICE)).list_reordered).toBe('5 charged_twice key_of_an_order');
  });

  test("with the item's own id does not", async () => {
    const key = `${byEvent}-{{step_9['output']['item']['id']}}`;
    expect((await fates(looped(key), INVOICE_WITH_IDS)).list_reordered).toBe(once(3));
  });

  test('whose key says nothing of it loses charges without any fault', async () => {
    const { baseline } = await testFlow(looped(`${byEvent}-{{step_9['output']['item']['amount_cents']}}`), {
      payload: INVOICE,
    });
    const { verdict, cause, owed, charged, steps } = baseline.report;
    expect([verdict, cause, owed.charges, charged.charges, steps]).toEqual([
      'lost',
      'key_shared',
      3,
      2,
      ['step_2'],
    ]);
    expect(baseline.explanation).toBe(
      '2 charges, $30.00 where 3 are owed ($50.00) at step_2: two charges that are both owed have the same key, so Stripe took the second for a repetition of the first.',
    );
  });

  test('struck at its second call has one charge too many: the first', async () => {
    const report = await runScenario(looped(), { faults: ['stripe_500_before@2'] }, { payload: INVOICE });
    expect(report.charged).toEqual({ charges: 4, amounts: { usd: 7000 } });
  });

  test('goes on at its failed item', async () => {
    const faults = ['stripe_500_before@2', 'retry_from_failed_step'];
    const report = await runScenario(looped(), { faults }, { payload: INVOICE });
    expect([report.verdict, report.charged.charges, report.runs]).toEqual(['billed_once', 3, 1]);
  });
});

test('two charges of one flow with one key are one', async () => {
  const { baseline } = await testFlow(twoCharges, { payload: RENEWAL });
  expect([baseline.report.verdict, baseline.report.steps]).toEqual(['lost', ['step_8']]);
});

test('two equal events are two, and a key that does not tell them apart loses one', async () => {
  const events = { payloads: [RENEWAL, { ...RENEWAL, event_id: 'evt_2' }] };
  const apart = await runScenario(keyed(byEvent), { faults: [] }, events);
  expect([apart.verdict, apart.charged.charges, apart.deliveries]).toEqual(['billed_once', 2, 2]);
  const alike = await runScenario(
    keyed("{{trigger['output']['body']['customer_id']}}"),
    { faults: [] },
    events,
  );
  expect([alike.verdict, alike.cause, alike.charged.charges]).toEqual(['lost', 'key_shared', 1]);
});

test('a failure that the flow goes on behind is a charge that nobody makes up for', async () => {
  const fate = await fates(continuing, RENEWAL);
  expect(fate['stripe_timeout_before@1']).toBe('0 lost failure_hidden');
  expect(fate['stripe_timeout@1']).toBe(once());
  const { not_applicable } = await testFlow(continuing, { payload: RENEWAL });
  expect(not_applicable).toContainEqual({
    fault: 'dashboard_retry',
    why: 'No run of this flow fails behind its charge, so nobody retries one.',
  });
});

test('retry on failure runs the step again', async () => {
  const fate = await fates(retrying, RENEWAL);
  expect(fate['step_retry@1']).toBe('2 charged_twice no_key');
  const report = await runScenario(retrying, { faults: ['step_retry'] }, { payload: RENEWAL });
  expect([report.runs, report.calls]).toEqual([1, 2]);
});

test('where nothing comes behind the charge, its own answer is lost', async () => {
  const report = await runScenario(withoutSlack, { faults: ['dashboard_retry'] }, { payload: RENEWAL });
  expect([report.verdict, report.runs, report.charged.charges]).toEqual(['charged_twice', 2, 2]);
  expect(report.timeline.some(({ kind }) => kind === 'no_answer')).toBe(true);
});

test("the vendor's proxy does not count what it never heard of", async () => {
  const payloads = [RENEWAL, { ...RENEWAL, customer_id: 'cus_B200', event_id: 'evt_2' }];
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 };
  const undisturbed = await runScenario(proxied(byEvent), { faults: [] }, { payloads, policy });
  expect([undisturbed.verdict, undisturbed.charged.charges, undisturbed.blocked > 0]).toEqual([
    'unfinished',
    1,
    true,
  ]);
  const report = await runScenario(proxied(byEvent), { faults: ['stripe_timeout'] }, { payloads, policy });
  expect([report.verdict, report.cause, report.charged.charges]).toEqual(['over_spent', 'cap_exceeded', 2]);
});

describe('when somebody retries', () => {
  const HOUR = 3_600_000;
  test.each([
    [['dashboard_retry'], [HOUR / 3]],
    [['retry_after_25_hours'], [25 * HOUR]],
    [['retry_after_3_days'], [72 * HOUR]],
    [
      ['dashboard_retry', 'retry_after_25_hours'],
      [HOUR / 3, 25 * HOUR],
    ],
    [['slack_down'], [HOUR / 3, HOUR / 3, HOUR / 3]],
  ])('%j', async (faults, waits) => {
    const { timeline } = await runScenario(keyed(byEvent), { faults }, { payload: RENEWAL });
    const failed = timeline.filter(({ kind }) => kind === 'run_failed').map(({ at }) => at);
    const retried = timeline.filter(({ kind }) => kind === 'retry').map(({ at }) => at);
    expect(retried.map((at, index) => at - failed[index])).toEqual(waits);
  });

  test("a dead worker's run starts again by itself", async () => {
    const { timeline, runs } = await runScenario(
      UNGUARDED,
      { faults: ['worker_died'] },
      { payload: RENEWAL },
    );
    expect(runs).toBe(1);
    const kinds = timeline.map(({ kind }) => kind);
    expect(kinds.filter((kind) => ['worker_died', 'run_started', 'charge', 'retry'].includes(kind))).toEqual([
      'run_started',
      'charge',
      'worker_died',
      'run_started',
      'charge',
    ]);
  });
});

describe('a fixed flow', () => {
  const edge = 'https://billing.example.com';
  const fixed = (flow, payload) => fixFlow(flow, { edge, payload });

  test.each([
    ['of one charge', UNGUARDED, RENEWAL],
    ['of a loop, with ids', looped(), INVOICE_WITH_IDS],
    ['of a loop, without', looped(), INVOICE],
    ['with a key of its own', keyed(byEvent), RENEWAL],
    ['with a key that edits change', keyOfInputs, RENEWAL],
  ])('%s, through the edge: nothing is charged twice', async (_, flow, payload) => {
    const mended = fixed(flow, payload);
    expect(mended.findings).toEqual([]);
    readFlow(mended.fixed);
    const wrong = Object.entries(await fates(mended.fixed, payload)).filter(
      ([, fate]) => !fate.endsWith('billed_once'),
    );
    // Stripe keeps its 500 for a key: who asks again gets it again, and the loop does not go on.
    const stuck = payload.lines ? ['stripe_500@1', 'stripe_500@2'] : [];
    expect(wrong).toEqual(stuck.map((name, at) => [name, `${at + 1} unfinished`]));
  });

  test.each([
    [
      'key_forgotten',
      UNGUARDED,
      RENEWAL,
      {},
      ['retry_after_25_hours', 'retry_after_3_days', 'period_reformatted'],
    ],
    ['no_event_id', UNGUARDED, { ...RENEWAL, event_id: undefined }, { edge }, ['period_reformatted']],
    [
      'no_item_id',
      looped(),
      INVOICE,
      {},
      ['retry_after_25_hours', 'retry_after_3_days', 'list_reordered', 'period_reformatted'],
    ],
  ])('%s: what it does not promise does happen', async (kind, flow, payload, options, faults) => {
    const mended = fixFlow(flow, { ...options, payload });
    expect(mended.limits.map((limit) => limit.kind)).toContain(kind);
    // A cap of one charge a day would hide it until the next.
    const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 1000 };
    const fate = await fates(mended.fixed, payload, { policy });
    expect(Object.keys(fate).filter((name) => fate[name].includes('charged_twice'))).toEqual(faults);
  });
});

test('the same scenario has the same report, to the last byte', async () => {
  const scenario = { seed: 7, faults: ['duplicate_delivery', 'stripe_timeout@2', 'list_reordered'] };
  const [one, other] = [
    await runScenario(looped(), scenario, { payload: INVOICE }),
    await runScenario(looped(), scenario, { payload: INVOICE }),
  ];
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  const third = await runScenario(looped(), { ...scenario, seed: 8 }, { payload: INVOICE });
  expect(JSON.stringify(third.timeline)).not.toBe(JSON.stringify(one.timeline));
});

test('no secret of a connection is told', async () => {
  const secret = 'vault_key_3c5f0a9d17';
  const options = { payload: RENEWAL, connections: { stripe: secret } };
  const { reports } = await testFlow(keyed(byEvent), options);
  expect(reports.length).toBeGreaterThan(10);
  expect(JSON.stringify(reports)).not.toContain(secret);
});

test.each([
  [
    { faults: ['slack'] },
    'scenario.faults.0',
    /^scenario\.faults\.0 is no fault\. Did you mean slack_down\? Known are dashboard_retry, /,
  ],
  [{ faults: ['constructor'] }, 'scenario.faults.0', /is no fault/],
  [
    { faults: ['stripe_500@2'] },
    'scenario.faults.0',
    'scenario.faults.0 names a call that is not there: an undisturbed run makes one call to Stripe',
  ],
  [
    { faults: [{ name: 'slack_down', call: 1 }] },
    'scenario.faults.0',
    'scenario.faults.0 names a call, but slack_down is none of a single call',
  ],
  [{ seed: -1, faults: [] }, 'scenario.seed', 'scenario.seed must be an integer from 0 to 4294967295'],
  [{}, 'scenario.faults', 'scenario.faults must be a list, empty for an undisturbed run'],
  [null, 'scenario', 'scenario must be an object: { seed, faults }'],
])('%j is refused', async (scenario, field, message) => {
  const refusal = await runScenario(UNGUARDED, scenario, { payload: RENEWAL }).catch((error) => error);
  expect([refusal.code, refusal.field]).toEqual(['invalid_scenario', field]);
  expect(refusal.message).toMatch(message);
});

describe('where nobody gives a payload', () => {
  test('one is made up of what the flow refers to, and that is said', async () => {
    const { payload, baseline } = await testFlow(looped());
    expect(payload.source).toBe('made');
    expect(payload.events[0].lines).toEqual(Array(3).fill({ amount_cents: 4900 }));
    expect(baseline.report.owed.charges).toBe(3);
  });

  test('a flow that charges nothing says so', async () => {
    const { charges_nothing } = await testFlow(looped(), { payload: { ...RENEWAL, lines: [] } });
    expect(charges_nothing).toBe(true);
  });
});
