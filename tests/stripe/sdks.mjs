// The official package in three majors, each by import and by require, with billonce by the same way.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packedFixture } from '../support/packed.mjs';

const requireHere = createRequire(import.meta.url);
const requirePacked = () => createRequire(join(packedFixture().folder, 'main.cjs'));

const MAJORS = { 23: 'stripe', 22: 'stripe-22', 18: 'stripe-18' };

/** `{ name, Stripe, governed, billonce }` of each. */
export const SDKS = await Promise.all(
  Object.entries(MAJORS).flatMap(([major, name]) => [
    byImport(`stripe ${major}, import`, name),
    byRequire(`stripe ${major}, require`, name),
  ]),
);
export const NEWEST = SDKS.find(({ name }) => name === 'stripe 23, import');

async function byImport(title, name) {
  const { default: Stripe } = await import(/* @vite-ignore */ name);
  const [{ governed }, billonce] = await Promise.all([import('billonce/stripe'), import('billonce')]);
  return { name: title, Stripe, governed, billonce };
}

function byRequire(title, name) {
  const require = requirePacked();
  return {
    name: title,
    Stripe: requireHere(name),
    governed: require('billonce/stripe').governed,
    billonce: require('billonce'),
  };
}

/** A client whose retries do not wait. */
export function clientOf({ Stripe }, httpClient, options = {}) {
  const stripe = new Stripe(VAULT_KEY, { httpClient, telemetry: false, ...options });
  stripe.getInitialNetworkRetryDelay = () => 0.001;
  stripe.getMaxNetworkRetryDelay = () => 0.001;
  return stripe;
}

export const VAULT_KEY = 'vault_key_for_tests_4f9a';
export const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
export const PARAMS = { amount: 4900, currency: 'usd', customer: 'cus_A100' };

/** What a call fails with: the class's own name for itself, and billonce's code. */
export async function failure(call) {
  const answer = await call.then(
    (object) => ({ succeeded: object }),
    (error) => error,
  );
  if (!(answer instanceof Error)) throw new Error(`it succeeded: ${JSON.stringify(answer.succeeded)}`);
  return answer;
}
