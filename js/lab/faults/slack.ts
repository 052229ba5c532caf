// Hosts other than Stripe that are down, which is what makes a run fail behind its charge.
import type { Fault, FaultName } from '../run/types.ts';
import type { Struck } from './strikes.ts';
import { isWay, waysOf } from './ways.ts';

/** Longer than a step's own four attempts take, shorter than anybody takes to click Retry. */
const DOWN_FOR_MS = 60_000;

/** What is different the second time, and causes no second time itself. */
const DIFFERENT: FaultName[] = ['list_reordered', 'field_renamed', 'period_reformatted'];

/** Whether a fault by itself shows only where somebody retries a run. */
export const needsRetry = (name: FaultName): boolean => isWay(name) || DIFFERENT.includes(name);

/** Of one event. */
export class Slack {
  readonly #always: boolean;
  readonly #reachable: boolean;
  /** How many runs are to fail, so that somebody retries them. */
  readonly #wanted: number;
  #failed = 0;
  #outages = 0;
  #downUntil = Number.NEGATIVE_INFINITY;
  /** The execution whose charge is not heard of. */
  #lost = 0;

  /** @param calls_others Whether the flow calls another host behind its charge. */
  constructor(faults: readonly Fault[], { calls_others }: { calls_others: boolean }) {
    const names = faults.map(({ name }) => name);
    const { wanted } = waysOf(faults);
    const nothingElse = names.every((name) => DIFFERENT.includes(name));
    this.#wanted = wanted > 0 ? wanted : names.length > 0 && nothingElse ? 1 : 0;
    this.#always = names.includes('slack_down');
    this.#reachable = calls_others;
  }

  aRunFailed(): void {
    this.#failed += 1;
    this.#lost = 0;
  }

  /** Whether a request to another host is answered with 503. */
  isDown(now: number, charged: boolean): boolean {
    if (this.#always || now < this.#downUntil) return true;
    if (!charged || this.#due() <= 0) return false;
    this.#outages += 1;
    this.#downUntil = now + DOWN_FOR_MS;
    return true;
  }

  /** Where nothing comes behind the charge that could fail, its own answer is lost: as often as the step asks again, until its run fails. */
  strikeInstead(place: string, last: string | null, execution: number): Struck | null {
    if (this.#reachable || place !== last) return null;
    if (this.#lost !== execution) {
      if (this.#due() <= 0) return null;
      this.#outages += 1;
      this.#lost = execution;
    }
    return { fate: { strike: 'stripe_timeout' }, fault: 'stripe_timeout' };
  }

  /** Runs that failed for another reason, or have been made to, are enough. */
  #due = (): number => this.#wanted - Math.max(this.#failed, this.#outages);
}
