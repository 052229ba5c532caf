/**
 * A Stripe on loopback that keeps idempotency keys the way Stripe does, counts the money that moved, and breaks
 * on demand. It is strict where a mistake could bill twice and plain everywhere else. It knows no balances,
 * prices or minimum amounts; a customer need not exist to be charged; `expand` is accepted and expands nothing;
 * a confirmation needs no `return_url`.
 */

import { errorAnswer, withHeaders } from './answers.mjs';
import { readCall } from './call.mjs';
import { apiError } from './errors.mjs';
import { listen, send } from './http.mjs';
import { answerCall } from './stripe.mjs';
import { World } from './world.mjs';

/** @typedef {import('./types.mjs').Charge} Charge */
/** @typedef {import('./types.mjs').Clock} Clock */
/** @typedef {import('./types.mjs').LoggedRequest} LoggedRequest */
/** @typedef {import('./faults.mjs').FaultRule} FaultRule */

/**
 * @typedef {object} StripeDoubleOptions
 * @property {number} [port]
 * @property {() => number} [now]          milliseconds; the clock's `advance` comes on top
 * @property {import('./credentials.mjs').Secret[]} [secrets]   bearer tokens that are accepted; any, if left out
 * @property {string} [proxyPrefix]        `/stripe` if left out
 * @property {number} [latency_ms]         between the claim of a key and the execution
 */

/** @typedef {Awaited<ReturnType<typeof startStripeDouble>>} StripeDouble */

const STRIPE_VERSION = '2026-10-28.endive';

/** @param {StripeDoubleOptions} [options] */
export async function startStripeDouble(options = {}) {
  const { port = 0, now = Date.now, secrets = null, proxyPrefix = '/stripe', latency_ms = 0 } = options;
  let world = new World(now, latency_ms);

  const server = await listen(port, async (req, res) => {
    const arrived_in = world;
    const call = await readCall(req, arrived_in.log, { secrets, prefix: proxyPrefix });
    const answered = await answerCall(call, arrived_in).catch(brokenDouble);
    call.logged.status = answered.drop ? null : answered.status;
    send(res, answered.stripe ? withHeaders(answered, stripeHeaders(req, call)) : answered);
  });

  return {
    url: server.url,
    port: server.port,
    /** @type {Clock} */
    clock: {
      now: () => world.clock.now(),
      advance: (ms) => world.clock.advance(ms),
    },
    /** Money that really moved, oldest first. A later refund takes nothing off. @returns {Charge[]} */
    charges: () => structuredClone(world.moves),
    /** @returns {LoggedRequest[]} */
    requests: () => structuredClone(world.log),
    /** Objects of a type, whatever their state: `payout`, `payment_intent` @param {string} type */
    objects: (type) => structuredClone(world.objects(type)),
    totals: (currency = 'usd') => {
      const counted = world.moves.filter((charge) => charge.currency === currency);
      return { count: counted.length, amount_minor: counted.reduce((sum, charge) => sum + charge.amount, 0) };
    },
    /** @param {FaultRule} rule */
    fail: (rule) => world.faults.add(rule),
    /** As just started: objects, keys, faults, the log and the time that was added are gone. */
    reset: () => {
      world = new World(now, latency_ms);
    },
    close: server.close,
  };
}

/** @param {import('node:http').IncomingMessage} req @param {import('./call.mjs').Call} call */
function stripeHeaders(req, { logged }) {
  /** @type {Record<string, string>} */
  const headers = {
    'Request-Id': logged.request_id,
    'Stripe-Version': String(req.headers['stripe-version'] ?? STRIPE_VERSION),
  };
  if (logged.idempotency_key) headers['Idempotency-Key'] = logged.idempotency_key;
  return headers;
}

/** Told apart from Stripe's own 500, so that no test passes on a mistake in here. @param {unknown} error */
function brokenDouble(error) {
  return errorAnswer(
    apiError(`The Stripe double itself failed: ${error instanceof Error ? error.stack : error}`),
  );
}
