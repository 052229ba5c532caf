// What a flow means to charge: each call that bills, made once.
import type { StripeCallMade } from '../run/lab.ts';
import type { Money } from '../run/types.ts';
import type { World } from '../world/types.ts';

/** One charge that is owed. */
export interface Owed {
  event: number;
  place: string;
  step: string;
  amount: number;
  currency: string;
  customer: string | null;
}

/**
 * A world in which no call is taken for the repetition of another, and no proxy refuses one: each gets a key of its own and goes to Stripe.
 * What moves money in it is what the flow means to charge, also where its keys collide.
 */
export function withKeysOfTheirOwn(world: World): World {
  let sent = 0;
  return {
    ...bound(world),
    send: (request) => {
      const { headers, path, to } = request;
      if (!path.startsWith('/v1')) return world.send(request);
      sent += 1;
      const key = headers['idempotency-key'] === undefined ? {} : { 'idempotency-key': `owed-${sent}` };
      const credential = to === 'proxy' ? { authorization: 'Bearer sk_test_of_the_lab' } : {};
      return world.send({ ...request, to: 'stripe', headers: { ...headers, ...key, ...credential } });
    },
  };
}

const bound = (world: World): World => ({
  now: () => world.now(),
  random: (below) => world.random(below),
  sleep: (ms) => world.sleep(ms),
  send: (request) => world.send(request),
  next: () => world.next(),
  charges: () => world.charges(),
  cap_exceeded: () => world.cap_exceeded(),
  audit: () => world.audit(),
  close: () => world.close(),
});

/** Calls that would have moved money and were refused: a body that Stripe cannot read, say. */
const MOVES = /^POST \/v1\/(charges|payment_intents\/[^/]+\/(confirm|capture)|charges\/[^/]+\/capture)$/;

/** Of the calls of one event's undisturbed run. */
export function owedBy(calls: readonly StripeCallMade[], event: number): Owed[] {
  return calls.flatMap(({ place, step, charge, endpoint, amount, currency, customer, effect }): Owed[] => {
    if (charge && effect === 'charged')
      return [
        { event, place, step, amount: charge.amount, currency: charge.currency, customer: charge.customer },
      ];
    // What Stripe did without moving money was meant so: it authorized an amount that another call captures.
    if (effect === 'charged' || effect === 'other' || !endpoint || !MOVES.test(endpoint) || amount === null)
      return [];
    return [{ event, place, step, amount, currency: currency ?? 'usd', customer }];
  });
}

export function moneyOf(moved: readonly { amount: number; currency: string }[]): Money {
  const amounts: Record<string, number> = {};
  for (const currency of [...new Set(moved.map((it) => it.currency))].sort()) amounts[currency] = 0;
  for (const { amount, currency } of moved) amounts[currency] = (amounts[currency] ?? 0) + amount;
  return { charges: moved.length, amounts };
}
