// What is wrong with what the customers paid, and why.
import type { Cause, Verdict } from '../run/types.ts';
import type { Owed } from './owed.ts';

/** A charge, and what it was made for. */
export interface Paid extends Owed {
  key: string | null;
  at: number;
  /** What was different from the first run when it was made. */
  different: 'edit' | 'order' | null;
}

export interface Evidence {
  owed: readonly Owed[];
  paid: readonly Paid[];
  /** Places (`event place`) of which some run was told that they are charged. */
  told: ReadonlySet<string>;
  /** Events of which a run failed and nobody retried it any more. */
  failed: ReadonlySet<number>;
  cap_exceeded: boolean;
}

export interface Judgement {
  verdict: Verdict;
  cause: Cause | null;
  steps: string[];
}

type Alike = { event: number; amount: number; currency: string; customer: string | null };

/** On a customer's statement, charges of one event that say the same cannot be told apart. */
const statement = ({ event, amount, currency, customer }: Alike): string =>
  `${event} ${customer ?? ''} ${amount} ${currency}`;

const unit = ({ event, place }: { event: number; place: string }): string => `${event} ${place}`;

export function judge(evidence: Evidence): Judgement {
  const { owed, paid, told, failed } = evidence;
  const lines = grouped(owed, statement);
  const charges = grouped(paid, statement);
  const extra = [...charges].filter(([line, made]) => made.length > (lines.get(line)?.length ?? 0));
  const short = [...lines].filter(([line, due]) => due.length > (charges.get(line)?.length ?? 0));
  const wrong = extra.flatMap(([, made]) => made);
  const twice = [...grouped(paid, unit).values()].filter(
    (made) => made.length > 1 && made.some((charge) => wrong.includes(charge)),
  );
  if (twice.length > 0) {
    const steps = stepsOf(twice.flat());
    return { verdict: 'charged_twice', cause: causeOf(twice), steps };
  }
  // Alike on the statement, made by another place than the one that owes it.
  if (extra.some(([line]) => lines.has(line))) {
    return { verdict: 'charged_twice', cause: causeOf(extra.map(([, made]) => made)), steps: stepsOf(wrong) };
  }
  if (extra.length > 0) return { verdict: 'over_spent', cause: 'other_amount', steps: stepsOf(wrong) };
  if (evidence.cap_exceeded) return { verdict: 'over_spent', cause: 'cap_exceeded', steps: stepsOf(paid) };
  if (short.length === 0) return { verdict: 'billed_once', cause: null, steps: [] };
  const charged = new Set(paid.map(unit));
  const missing = short.flatMap(([, due]) => due).filter((it) => !charged.has(unit(it)));
  const lost = missing.filter((it) => told.has(unit(it)) || !failed.has(it.event));
  if (lost.length === 0) return { verdict: 'unfinished', cause: null, steps: stepsOf(missing) };
  const shared = lost.some((it) => told.has(unit(it)));
  return { verdict: 'lost', cause: shared ? 'key_shared' : 'failure_hidden', steps: stepsOf(lost) };
}

/** Of several charges for one thing: what let the second one through. */
function causeOf(twice: readonly Paid[][]): Cause {
  const pairs = twice.flatMap((made) =>
    made.slice(1).map((charge): [Paid, Paid] => [made[0] as Paid, charge]),
  );
  if (pairs.some(([one, other]) => one.key === null || other.key === null)) return 'no_key';
  if (pairs.some(([one, other]) => one.key === other.key)) return 'key_forgotten';
  const different = pairs.flatMap((pair) => pair.map((charge) => charge.different));
  if (different.includes('edit')) return 'key_of_an_edit';
  return different.includes('order') ? 'key_of_an_order' : 'key_changed';
}

const stepsOf = (where: readonly { step: string }[]): string[] =>
  [...new Set(where.map(({ step }) => step))].sort();

function grouped<Item>(items: readonly Item[], by: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}
