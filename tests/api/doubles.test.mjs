// The answers of two doubles of Stripe, the project's own and npm's stripe-stateful-mock, read by billonce. The deep suite
// asks a third, PyPI's localstripe.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import stateful from 'stripe-stateful-mock';
import { afterAll, beforeAll, describe } from 'vitest';
import { scenarios } from '../support/others/scenarios.mjs';
import { startStripeDouble } from '../support/stripe-double/index.mjs';

const key = 'vault_key_for_tests_4f9a';
const twice = 'invalid_request unknown review';

describe("the project's double", () => {
  let double;
  let customers = 0;
  beforeAll(async () => {
    double = await startStripeDouble({ secrets: [key] });
  });
  afterAll(() => double.close());
  const newCustomer = async (kind) => ({
    customer: `cus_${kind}_${++customers}`,
    payment_method: kind === 'good' ? 'pm_card_visa' : 'pm_card_chargeDeclined',
  });
  scenarios({
    url: () => `${double.url}/stripe`,
    key,
    newCustomer,
    keepsKeys: true,
    hasIntents: true,
    twice,
  });
});

describe('stripe-stateful-mock', () => {
  let server;
  const url = () => `http://127.0.0.1:${server.address().port}`;
  beforeAll(async () => {
    createRequire(import.meta.resolve('stripe-stateful-mock'))('loglevel').disableAll();
    server = createServer(stateful.createExpressApp());
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const newCustomer = async (kind) => {
    const source = kind === 'good' ? 'tok_visa' : 'tok_chargeCustomerFail';
    const headers = {
      authorization: 'Bearer sk_test_x',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const response = await fetch(`${url()}/v1/customers`, {
      method: 'POST',
      headers,
      body: `source=${source}`,
    });
    return { customer: (await response.json()).id };
  };
  scenarios({ url, key: 'sk_test_stateful_mock', newCustomer, keepsKeys: true, twice });
});
