// The answers of a Stripe that others wrote in Python, read by billonce. It ignores idempotency keys, so nothing is asked
// twice here, and takes keys that begin with `sk_` alone.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { scenarios } from '../support/others/scenarios.mjs';

const { BILLONCE_LOCALSTRIPE = '{"missing":"`npm run test:deep` installs it"}' } = process.env;
const { python, missing } = JSON.parse(BILLONCE_LOCALSTRIPE);

const KEY = 'sk_test_localstripe';
const CARDS = { good: '4242424242424242', declined: '4000000000000341' };

describe.skipIf(missing)('localstripe', () => {
  let server;
  let port;
  beforeAll(async () => {
    const program = fileURLToPath(new URL('../support/localstripe/serve.py', import.meta.url));
    server = spawn(python, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(server.stdout)) {
      port = Number(line);
      break;
    }
  });
  afterAll(() => server.kill());

  const url = () => `http://127.0.0.1:${port}`;
  const post = async (path, form) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${url()}/v1/${path}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    const made = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(made));
    return made.id;
  };
  const newCustomer = async (kind) => {
    const customer = await post('customers', { email: 'a@example.com' });
    const card = {
      'card[number]': CARDS[kind],
      'card[exp_month]': '12',
      'card[exp_year]': '2040',
      'card[cvc]': '123',
    };
    const payment_method = await post('payment_methods', { type: 'card', ...card });
    await post(`payment_methods/${payment_method}/attach`, { customer });
    await post(`customers/${customer}`, { 'invoice_settings[default_payment_method]': payment_method });
    return { customer, payment_method };
  };
  scenarios({ url, key: KEY, newCustomer, hasIntents: true });
});

test.skipIf(!missing)('localstripe was NOT RUN', (context) => {
  console.log(`\n  NOT RUN: localstripe, since ${missing}\n`);
  context.skip();
});
