// Faults by the lab's own words for them.
import type { Fault, FaultName, Tested } from '../lab-types.ts';
import { capital } from './text.ts';

export type FaultWords = ReadonlyMap<FaultName, { title: string; what: string }>;

/** The words that came with the tests' reports. */
export const wordsOf = (tested: Tested | null): FaultWords =>
  new Map(tested?.reports.map(({ fault, title, what }) => [fault.name, { title, what }]) ?? []);

export const sameFault = (one: Fault, other: Fault): boolean =>
  one.name === other.name && one.call === other.call;

/** Such as `"Stripe answers 500, call 2"`. */
export function titleOf({ name, call }: Fault, words: FaultWords): string {
  const title = words.get(name)?.title ?? name.replaceAll('_', ' ');
  return capital(call === undefined || call === 1 ? title : `${title}, call ${call}`);
}

export const titleOfAll = (faults: readonly Fault[], words: FaultWords): string =>
  faults.length === 0 ? 'Nothing goes wrong' : faults.map((fault) => titleOf(fault, words)).join(' + ');

export const whatOf = (faults: readonly Fault[], words: FaultWords): string =>
  faults.length === 0
    ? 'One delivery, one run, and every call is answered.'
    : faults.map(({ name }) => words.get(name)?.what ?? '').join(' ');
