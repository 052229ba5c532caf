// Writes the two importable flows: `node scripts/generate-flow.mjs`. A flow file holds its Code step's source as text, so
// the guarded one is assembled from examples/activepieces-code-step/code.ts.
// With --check it writes nothing and fails when a flow is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { codeStep, flowFile, httpStep } from './demo/export-shape.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

const event = {
  customer_id: "{{trigger['output']['body']['customer_id']}}",
  amount_cents: "{{trigger['output']['body']['amount_cents']}}",
  billing_period: "{{trigger['output']['body']['billing_period']}}",
};

const notifySlack = httpStep({
  name: 'step_3',
  title: 'Tell Slack',
  url: "{{connections['slack_webhook_url']}}",
  headers: { 'Content-Type': 'application/json' },
  body_type: 'json',
  data: { text: `Billed ${event.customer_id} for ${event.billing_period}` },
});

function guarded() {
  const { version } = JSON.parse(read('pkg-template/package.json'));
  return flowFile({
    name: 'Renewal, billed once',
    description:
      'Charges a Stripe customer at most once per billing event. Needs the connections billonce_vault_key and slack_webhook_url.',
    steps: [
      codeStep({
        name: 'step_1',
        title: 'Prepare the charge',
        input: { ...event, daily_usd_cap: '99', base_url: 'https://proxy.keybrake.com/stripe' },
        code: read('examples/activepieces-code-step/code.ts'),
        packageJson: JSON.stringify({ dependencies: { billonce: version } }),
      }),
      httpStep({
        name: 'step_2',
        title: 'Charge with Stripe',
        url: "{{step_1['output'].request.url}}",
        headers: {
          'Content-Type': "{{step_1['output'].request.headers['Content-Type']}}",
          'Idempotency-Key': "{{step_1['output'].request.headers['Idempotency-Key']}}",
        },
        body_type: 'raw',
        data: "{{step_1['output'].request.body}}",
        token: "{{connections['billonce_vault_key']}}",
      }),
      notifySlack,
    ],
  });
}

/** The usual setup without a guard. It bills again on every repetition: for the demonstration only. */
function unguarded() {
  return flowFile({
    name: 'Renewal, without billonce',
    description: 'The usual setup, which bills again whenever it is repeated. Not for use.',
    steps: [
      codeStep({
        name: 'step_1',
        title: 'Parse the event',
        input: event,
        code: `export const code = async ({ customer_id, amount_cents, billing_period }) => {
  return { customer_id, amount_cents, billing_period };
};
`,
        packageJson: '{}',
      }),
      httpStep({
        name: 'step_2',
        title: 'Charge with Stripe',
        url: 'https://api.stripe.com/v1/charges',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body_type: 'raw',
        data: "amount={{step_1['output'].amount_cents}}&currency=usd&customer={{step_1['output'].customer_id}}",
        token: "{{connections['stripe_secret_key']}}",
      }),
      notifySlack,
    ],
  });
}

const files = [
  ['examples/activepieces-code-step/flow.json', guarded()],
  ['scripts/demo/without-billonce.flow.json', unguarded()],
];

const pretty = (value) => `${JSON.stringify(value, null, 2)}\n`;

for (const [path, flow] of files) {
  if (!process.argv.includes('--check')) {
    writeFileSync(new URL(path, root), pretty(flow));
  } else if (read(path) !== pretty(flow)) {
    console.error(`${path} is out of date: run \`node scripts/generate-flow.mjs\``);
    process.exitCode = 1;
  }
}
