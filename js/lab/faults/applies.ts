// Which faults can happen to a flow.
import type { Fault, FaultName } from '../run/types.ts';
import { FAULT_NAMES, FAULTS } from './catalogue.ts';
import type { PlannedCall, Subject } from './subject.ts';

/** A loop makes the same call many times: the first, the second and the last stand for the others. */
const CALLS_OF_A_STEP = 3;
const MOST_CALLS = 30;

/** The calls at which faults are tried. */
export function callsToTry(calls: readonly PlannedCall[]): PlannedCall[] {
  const bySite = new Map<string, PlannedCall[]>();
  for (const call of calls) {
    const site = call.place.replaceAll(/\[\d+\]/g, '');
    const there = bySite.get(site);
    if (there) there.push(call);
    else bySite.set(site, [call]);
  }
  const tried = [...bySite.values()].flatMap((there) => [
    ...there.slice(0, CALLS_OF_A_STEP - 1),
    ...there.slice(Math.max(CALLS_OF_A_STEP - 1, there.length - 1)),
  ]);
  return tried.sort((one, other) => one.number - other.number).slice(0, MOST_CALLS);
}

export interface Applicable {
  faults: Fault[];
  not: { fault: string; why: string }[];
}

/** Every single fault that can happen to a flow, and why the others cannot. */
export function applicableFaults(subject: Subject): Applicable {
  const calls = callsToTry(subject.calls);
  const faults: Fault[] = [];
  const not: Applicable['not'] = [];
  for (const name of FAULT_NAMES) {
    const why = whyNot(name, subject);
    if (why !== null) {
      not.push({ fault: name, why });
    } else if (FAULTS[name].of_a_call) {
      const struck = calls.filter((call) => canStrike(name, call, subject));
      faults.push(...struck.map(({ number }) => ({ name, call: number })));
      if (struck.length === 0)
        not.push({ fault: name, why: WHY_NO_CALL[name] ?? 'The flow makes no call to Stripe.' });
    } else {
      faults.push({ name });
    }
  }
  return { faults, not };
}

const WHY_NO_CALL: Partial<Record<FaultName, string>> = {
  step_retry: 'No step that calls Stripe has retry on failure.',
  stripe_409: 'No call has an Idempotency-Key, which is what Stripe answers with 409.',
};

function canStrike(name: FaultName, { step, has_key }: PlannedCall, { retrying }: Subject): boolean {
  if (name === 'step_retry') return retrying.has(step);
  return name !== 'stripe_409' || has_key;
}

function whyNot(name: FaultName, subject: Subject): string | null {
  switch (name) {
    case 'duplicate_delivery':
    case 'duplicate_delivery_later':
      return subject.scheduled ? 'A schedule starts the flow: nobody delivers it twice.' : null;
    case 'list_reordered':
      return subject.calls.some(({ place }) => /\[([2-9]|\d{2,})\]/.test(place))
        ? null
        : 'No call to Stripe is in a loop over more than one item.';
    case 'field_renamed':
      return subject.renamed ? null : 'No Code step has inputs that can be renamed without knowing more.';
    case 'period_reformatted':
      return subject.has_period ? null : 'No step is given a billing period that could be written otherwise.';
    case 'slack_down':
      return subject.calls_others ? null : 'The flow calls no other host behind its charge.';
    default:
      return null;
  }
}
