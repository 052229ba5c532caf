// Lets a fault happen to the flow without billonce and to the one with it, and counts at the double what was charged.
import { codeOf, makeFlow } from './flows.mjs';
import { openLab } from './lab.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault */
/** @typedef {import('./faults.mjs').Money} Money */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} title
 * @property {Money} owed
 * @property {Money} without
 * @property {Money} with
 * @property {boolean} correct    whether billonce charged what is owed
 * @property {{ why: string, seen?: string, advice?: string }} notes
 */

/** The sources of every Code step that the faults need. @param {Fault[]} faults */
export function sourcesOf(faults) {
  return faults.flatMap(({ variant }) =>
    ['without', 'with'].flatMap((side) => codeOf(makeFlow(side, variant))),
  );
}

/** @param {Fault} fault @param {Parameters<typeof openLab>[1]} host @returns {Promise<Row>} */
export async function compare(fault, host) {
  const without = await suffer(fault, 'without', host);
  const guarded = await suffer(fault, 'with', host);
  return {
    name: fault.name,
    title: fault.title,
    owed: fault.owed,
    without: without.counted,
    with: guarded.counted,
    correct: same(guarded.counted, fault.owed),
    notes: { why: fault.why, seen: guarded.seen, advice: fault.advice },
  };
}

/** What was counted but not expected, a sentence each. @param {Fault} fault @param {Row} row */
export function surprises({ expected }, row) {
  return ['without', 'with']
    .filter((side) => !same(row[side], expected[side]))
    .map(
      (side) => `${row.name}, ${side} billonce: expected ${told(expected[side])}, counted ${told(row[side])}`,
    );
}

async function suffer(fault, side, host) {
  const lab = await openLab(makeFlow(side, fault.variant), host);
  try {
    await fault.happen(lab);
    lab.checkRuns();
    const { count, amount_minor } = lab.stripe.totals('usd');
    return { counted: { charges: count, usd_cents: amount_minor }, seen: fault.seen?.(lab) };
  } finally {
    await lab.close();
  }
}

const same = (a, b) => a.charges === b.charges && a.usd_cents === b.usd_cents;
const told = ({ charges, usd_cents }) => `${charges} charges of ${usd_cents} cents together`;
