// Fixed flows: they read, lint clean, and charge once under the faults of `npm start`, run as Activepieces runs them.
import { fixFlow, lint, readFlow } from 'billonce/lab';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { installPackage } from '../../scripts/demo/bundle.mjs';
import { codeOf, resending } from '../../scripts/demo/flows.mjs';
import { openLab } from '../../scripts/demo/lab.mjs';
import { Worker } from '../../scripts/demo/worker.mjs';
import { code, FORM, flowOf, http, loop, router, UNGUARDED } from './flows.mjs';

const fixedOf = (flow) => lint(flow).find((finding) => 'fixed' in finding)?.fixed;
const ref = (name) => `{{trigger['output']['body']['${name}']}}`;
const BODY = `amount=${ref('amount_cents')}&currency=usd&customer=${ref('customer_id')}`;
const unkeyed = (input = {}, more = {}) => http({ headers: FORM, body: { data: BODY }, ...input }, more);
const period = code(
  'export const code = (inputs) => inputs.billing_period;',
  { billing_period: ref('billing_period') },
  { name: 'step_7' },
);

/** The unguarded flow with `change` made to its HTTP step. */
function unguarded(change = () => {}) {
  const flow = JSON.parse(UNGUARDED);
  change({ flow, charge: flow.flows[0].trigger.nextAction.nextAction });
  return flow;
}

const RENEWAL = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const LINES = [2000, 2000, 1000].map((amount_cents) => ({ amount_cents }));

const looped = unguarded(({ flow, charge }) => {
  const { trigger } = flow.flows[0];
  const [parse, notify] = [trigger.nextAction, charge.nextAction];
  delete charge.nextAction;
  charge.settings.input.body.data = `amount={{step_9['output']['item']['amount_cents']}}&currency=usd&customer={{step_1['output'].customer_id}}`;
  trigger.nextAction = { ...parse, nextAction: { ...loop(charge), nextAction: notify } };
});

const FLOWS = {
  'the unguarded flow': { flow: unguarded(), payload: RENEWAL, owed: [1, 4900] },
  'one that re-sends': { flow: unguarded(resending), payload: RENEWAL, owed: [1, 4900] },
  'one with form data': {
    flow: unguarded(({ charge }) => {
      charge.settings.input.body_type = 'form_data';
      charge.settings.input.body = {
        data: {
          amount: "{{step_1['output'].amount_cents}}",
          currency: 'usd',
          customer: ref('customer_id'),
          'metadata[order]': 'a&b',
        },
      };
    }),
    payload: RENEWAL,
    owed: [1, 4900],
  },
  'one with a loop': { flow: looped, payload: { ...RENEWAL, lines: LINES }, owed: [3, 5000] },
  'one with two charges': {
    flow: unguarded(({ charge }) => {
      charge.nextAction = { ...structuredClone(charge), name: 'step_8' };
    }),
    payload: RENEWAL,
    owed: [2, 9800],
  },
};

/** Every fix that there is, at once; one after the other they leave as little. */
function mended(flow) {
  const { fixed, findings } = fixFlow(flow);
  let single = flow;
  for (let next = fixedOf(single), left = 20; next && left > 0; next = fixedOf(single), left--) single = next;
  expect(lint(single)).toEqual(findings);
  return fixed;
}

describe.each(Object.entries(FLOWS))('%s, fixed', (_, { flow, payload, owed }) => {
  const workers = [];
  let installed;
  let files;
  const fixed = mended(flow);
  beforeAll(async () => {
    workers.push(new Worker(), new Worker());
    installed = installPackage();
    files = await installed.bundle([...codeOf(flow), ...codeOf(fixed)]);
  });
  afterAll(() => {
    for (const worker of workers) worker.kill();
    installed.remove();
  });

  /** What is charged where Slack fails, the run is retried, the webhook is delivered again, and Stripe answers 500 once. */
  async function charged(which) {
    const lab = await openLab(which, { workers, files });
    try {
      lab.slack.fail({ status: 503 });
      await lab.retry(await lab.deliver(payload));
      await lab.deliver(payload);
      const { count, amount_minor } = lab.stripe.totals('usd');
      return [count, amount_minor];
    } finally {
      await lab.close();
    }
  }

  it('charges what is owed, where it charged more before', async () => {
    if (flow !== FLOWS['one with form data'].flow) {
      const [count] = await charged(flow);
      expect(count).toBeGreaterThan(owed[0]);
    }
    expect(await charged(fixed)).toEqual(owed);
  });

  it('lints clean, reads, and has all that it had', () => {
    expect(lint(fixed)).toEqual([]);
    const names = (steps) => steps.flatMap((step) => [step.name, ...names(step.steps ?? [])]);
    const before = names(readFlow(flow).steps);
    const after = names(readFlow(fixed).steps);
    expect(after.filter((name) => before.includes(name))).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });
});

test('what was linted stays as it was', () => {
  const flow = unguarded();
  fixedOf(flow);
  expect(flow).toEqual(unguarded());
});

test('older references stay older', () => {
  const flow = JSON.parse(UNGUARDED.replaceAll("['output']", ''));
  const fixed = JSON.stringify(fixedOf({ template: flow.flows[0] }));
  expect(fixed).toContain("{{step_4['url']}}");
  expect(fixed).not.toContain("['output']");
});

test("a branch's name and a payment intent", () => {
  const url = 'https://proxy.keybrake.com/stripe/v1/payment_intents';
  const fixed = fixedOf(flowOf(period, router('step_5', { 'Up grade': unkeyed({ url }) })));
  const [, { branches }] = readFlow(fixed).steps;
  const [key, charge] = branches[0].steps;
  expect(key.code).toContain('"branch": "Up grade"');
  expect(key.code).toContain('endpoint: "POST /v1/payment_intents"');
  expect(key.input.base_url).toBe('https://proxy.keybrake.com/stripe');
  expect(charge.input.authFields).toEqual({ token: "{{connections['stripe']}}" });
});

test('a raw key becomes a connection, in each fixed flow', () => {
  const flow = flowOf(period, unkeyed({ authFields: { token: 'sk_live_51Habcdef' } }));
  for (const finding of lint(flow)) {
    expect(JSON.stringify(finding.fixed)).not.toContain('51Habcdef');
    expect(JSON.stringify(finding.fixed)).toContain("{{connections['stripe_key']}}");
  }
  expect(lint(mended(flow))).toEqual([]);
});

const NOT_MENDED = 'This call could not be given a key: the flow does not say enough of what it bills.';

test.each([
  ['no period', flowOf(unkeyed())],
  [
    'two periods',
    flowOf(
      period,
      code('', { period: "{{trigger['output'].other.billing_period}}" }, { name: 'step_6' }),
      unkeyed(),
    ),
  ],
  [
    'a period of a step in between',
    flowOf(
      code('', {}, { name: 'step_6' }),
      code('', { p: "{{step_6['output'].billing_period}}" }),
      unkeyed(),
    ),
  ],
  ['no customer', flowOf(period, unkeyed({ body: { data: `amount=${ref('amount')}&currency=usd` } }))],
  ['a body from elsewhere', flowOf(period, unkeyed({ body: { data: ref('body') } }))],
  ['a parameter twice', flowOf(period, unkeyed({ body: { data: `${BODY}&amount=1` } }))],
  ['a damaged body', flowOf(period, unkeyed({ body: { data: `${BODY}&description=%E0%A4%A` } }))],
  ['an endpoint that is no charge', flowOf(period, unkeyed({ url: 'https://api.stripe.com/v1/refunds' }))],
  ['a URL that is made', flowOf(period, unkeyed({ url: `https://api.stripe.com/v1/charges?x=${ref('x')}` }))],
  ["a branch's name that no key takes", flowOf(period, router('step_5', { 'a:b': unkeyed() }))],
])('there is none where that would be a guess: %s', (_, flow) => {
  expect(lint(flow).map(({ rule }) => rule)).toContain('missing-idempotency-key');
  expect(fixedOf(flow)).toBeUndefined();
  const limits = [{ step: 'step_2', kind: 'not_mended', message: NOT_MENDED }];
  expect(fixFlow(flow)).toEqual({ fixed: null, findings: lint(flow), limits });
});

test('a period that the event alone shows', () => {
  const whole = code('export const code = async ({ body }) => body;', {
    body: "{{trigger['output']['body']}}",
  });
  const flow = flowOf(whole, unkeyed());
  expect(fixFlow(flow).fixed).toBeNull();
  expect(fixFlow(flow, { payload: { billing_period: '' } }).fixed).toBeNull();
  const { fixed, findings } = fixFlow(flow, { payload: { billing_period: '2026-06' } });
  expect(findings).toEqual([]);
  const [, made] = readFlow(fixed).steps;
  expect(made.input).toMatchObject({ billing_period: ref('billing_period') });
});
