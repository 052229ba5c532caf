// The comparison, as a table: a row for each fault, and a note below for each row.
import { grid } from './grid.mjs';
import { dollars, paragraph } from './terminal.mjs';

const HEAD = ['fault', 'owed', 'without billonce', 'with billonce', 'verdict'];

/** @param {import('./compare.mjs').Row[]} rows @param {import('./terminal.mjs').Paint} paint */
export function table(rows, paint) {
  const [units, ...counted] = cellsOf(rows);
  const head = [
    HEAD.map((text) => ({ text, look: paint.bold })),
    units.map((text) => ({ text, look: paint.dim })),
  ];
  const lines = counted.map((texts, at) => {
    const looks = looksOf(rows[at], paint);
    return [texts.map((text, column) => ({ text, look: looks[column] }))];
  });
  return grid(head, lines, { paint });
}

/** @param {import('./compare.mjs').Row[]} rows @param {import('./terminal.mjs').Paint} paint */
export function notes(rows, paint) {
  return rows
    .flatMap(({ notes: { why, seen, advice } }, at) => [
      paragraph(` ${at + 1}  `, why),
      ...(seen ? [paragraph('    ', seen)] : []),
      ...(advice ? [paint.yellow(paragraph('    ', advice))] : []),
    ])
    .join('\n');
}

/** The units' line, then a line for each row. */
function cellsOf(rows) {
  const [owed, without, guarded] = ['owed', 'without', 'with'].map((side) =>
    moneyColumn(
      rows.map((row) => row[side]),
      side === 'owed' ? ['', ''] : ['charges', 'dollars'],
    ),
  );
  const titles = ['', ...rows.map(({ title }, at) => `${at + 1} ${title}`)];
  const verdicts = ['', ...rows.map(verdict)];
  return titles.map((title, at) => [title, owed[at], without[at], guarded[at], verdicts[at]]);
}

/** Charges and dollars side by side, each flush right below its unit. */
function moneyColumn(counted, units) {
  const pairs = [units, ...counted.map(({ charges, usd_cents }) => [String(charges), dollars(usd_cents)])];
  const [left, right] = [0, 1].map((part) => Math.max(...pairs.map((pair) => pair[part].length)));
  return pairs.map(([charges, money]) => `${charges.padStart(left)}  ${money.padStart(right)}`);
}

function verdict({ owed, with: counted, correct }) {
  if (correct) return '✓ billed once';
  const short = owed.charges - counted.charges;
  return short > 0 ? `✗ ${short} not billed` : '✗ billed again';
}

function looksOf({ owed, without, correct }, paint) {
  const guarded = correct ? paint.green : paint.yellow;
  return [undefined, undefined, without.usd_cents > owed.usd_cents ? paint.red : undefined, guarded, guarded];
}
