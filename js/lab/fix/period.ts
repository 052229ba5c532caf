import { isObject } from '../flow/plain.ts';
import { referencesIn, textsIn } from '../flow/references.ts';
import type { Place } from '../flow/walk.ts';
import type { TriggerStep } from '../types.ts';
import { memberOfEvent } from './event-id.ts';

/** `period` alone may be the length of a trial. */
const PERIOD = /^billing_?period$/i;

/** A reference to a billing period, as it stands in the flow. */
export interface PeriodReference {
  root: string;
  template: string;
}

/** Each that the flow uses already, by the name of the member: what a period is cannot be guessed. */
export function periodsIn(places: Iterable<Place>): PeriodReference[] {
  const found = new Map<string, PeriodReference>();
  for (const { step } of places) {
    if (step.type !== 'code' && step.type !== 'piece') continue;
    for (const { text } of textsIn(step.input)) {
      for (const [template] of text.matchAll(/\{\{[^{}]*\}\}/g)) {
        const [reference, ...more] = referencesIn(template);
        if (!reference?.alone || more.length > 0 || !PERIOD.test(reference.path.at(-1) ?? '')) continue;
        const { root, path } = reference;
        found.set([root, ...path].join('.'), { root, template });
      }
    }
  }
  return [...found.values()];
}

/** Where the flow takes its event as a whole, the event may show it. */
export function periodsOf(trigger: TriggerStep, payload: unknown, olderSyntax: boolean): PeriodReference[] {
  if (!isObject(payload)) return [];
  const names = Object.keys(payload).filter((name) => PERIOD.test(name) && isWritten(payload[name]));
  return names.map((name) => ({ root: 'trigger', template: memberOfEvent(trigger, name, olderSyntax) }));
}

const isWritten = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The one that a step can use: of the trigger, or of a loop around it. Null where there is none, or more than one. */
export function periodFor(place: Place, periods: readonly PeriodReference[]): string | null {
  const within = periods.filter(
    ({ root }) => root === 'trigger' || place.loops.some(({ name }) => name === root),
  );
  const [only, ...others] = within;
  return only !== undefined && others.length === 0 ? only.template : null;
}
