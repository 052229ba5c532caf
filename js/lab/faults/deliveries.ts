// When each event is delivered.
import type { Fault } from '../run/types.ts';

export interface Delivery {
  /** Which of the events, from 0. */
  event: number;
  at: number;
  /** Why it comes again; null for the first. */
  again: string | null;
}

const HOUR = 3_600_000;
const HOURS = 24;

/** In the order of their time. Each event comes once, and again for each fault that repeats it. */
export function deliveriesOf(events: number, faults: readonly Fault[], between_ms: number): Delivery[] {
  const has = (name: Fault['name']) => faults.some((fault) => fault.name === name);
  const deliveries: Delivery[] = [];
  for (let event = 0; event < events; event++) {
    const at = event * between_ms;
    deliveries.push({ event, at, again: null });
    if (has('duplicate_delivery')) deliveries.push({ event, at, again: 'delivered twice at once' });
    if (has('duplicate_delivery_later'))
      deliveries.push({ event, at: at + 30_000, again: 'delivered again 30 seconds later' });
    if (!has('hourly_schedule')) continue;
    for (let hour = 1; hour < HOURS; hour++)
      deliveries.push({
        event,
        at: at + hour * HOUR,
        again: `fired again after ${hour === 1 ? 'an hour' : `${hour} hours`}`,
      });
  }
  return deliveries.sort((one, other) => one.at - other.at || one.event - other.event);
}
