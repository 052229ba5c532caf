// How somebody retries a run that failed.
import type { FaultName } from '../run/types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Way {
  from: 'start' | 'failed_step';
  after_ms: number;
  text: string;
}

/** What happens to a failed run where no fault says otherwise. */
const USUAL: Way = { from: 'start', after_ms: 20 * MINUTE, text: 'Retry, 20 minutes later' };

const WAYS: Partial<Record<FaultName, Way>> = {
  dashboard_retry: USUAL,
  retry_from_failed_step: {
    from: 'failed_step',
    after_ms: 20 * MINUTE,
    text: 'Retry from the failed step, 20 minutes later',
  },
  retry_after_25_hours: { from: 'start', after_ms: 25 * HOUR, text: 'Retry, 25 hours later' },
  retry_after_3_days: { from: 'start', after_ms: 72 * HOUR, text: 'Retry, three days later' },
};

/** Nobody tries for ever. */
export const MOST_RETRIES = 3;

/** The ways of a scenario's faults, one after the other; the last one stays. */
export function waysOf(faults: readonly { name: FaultName }[]): { ways: Way[]; wanted: number } {
  const ways = faults.flatMap(({ name }) => WAYS[name] ?? []);
  return ways.length > 0
    ? { ways, wanted: Math.min(ways.length, MOST_RETRIES) }
    : { ways: [USUAL], wanted: 0 };
}

export const isWay = (name: FaultName): boolean => name in WAYS;
