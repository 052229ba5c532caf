// What strikes which call to Stripe, and how often.
import type { CallFate } from '../run/lab.ts';
import type { Fault, FaultName } from '../run/types.ts';
import type { Strike } from '../world/types.ts';

/** A gateway that is down answers everything that comes within this time after the call before. */
const STILL_DOWN_MS = 3_500;

const STRIKES: Partial<Record<FaultName, Strike>> = {
  stripe_409: 'stripe_409',
  stripe_429: 'stripe_429',
  stripe_500: 'stripe_500',
  stripe_500_before: 'stripe_500_before',
  stripe_timeout: 'stripe_timeout',
  stripe_timeout_before: 'stripe_timeout_before',
  http_resend: 'gateway_502',
  step_retry: 'gateway_502',
};

/** How many calls that follow each other at once are struck. */
const AT_MOST: Partial<Record<FaultName, number>> = { http_resend: 2, step_retry: Number.POSITIVE_INFINITY };

export interface Struck {
  fate: CallFate;
  fault: FaultName;
}

/** Of one event: what is still to strike, by the place that it strikes. Of two at one place, the next call of it gets the second. */
export class Strikes {
  readonly #waiting = new Map<string, FaultName[]>();
  readonly #going = new Map<string, { name: FaultName; left: number; at: number }>();

  /** @param places By the number of the call, from 1. */
  constructor(faults: readonly Fault[], places: readonly string[]) {
    for (const { name, call } of faults) {
      const place = call === undefined ? undefined : places[call - 1];
      if (place === undefined) continue;
      const waiting = this.#waiting.get(place);
      if (waiting) waiting.push(name);
      else this.#waiting.set(place, [name]);
    }
  }

  /** What happens to a call of this place now; null for nothing. */
  at(place: string, now: number, hasKey: boolean): Struck | null {
    const going = this.#going.get(place);
    if (going) {
      if (now - going.at < STILL_DOWN_MS && going.left > 0) {
        this.#going.set(place, { name: going.name, left: going.left - 1, at: now });
        return { fate: { strike: 'gateway_502' }, fault: going.name };
      }
      this.#going.delete(place);
    }
    const name = this.#waiting.get(place)?.shift();
    if (name === undefined) return null;
    if (name === 'worker_died') return { fate: { worker_dies: true }, fault: name };
    // Stripe says so of keys alone.
    if (name === 'stripe_409' && !hasKey) return null;
    const most = AT_MOST[name];
    if (most !== undefined) this.#going.set(place, { name, left: most - 1, at: now });
    const strike = STRIKES[name];
    return strike ? { fate: { strike }, fault: name } : null;
  }
}
