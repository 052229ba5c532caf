// The comparison for people and for programs.
import { grid } from '../grid.mjs';
import { paragraph } from '../terminal.mjs';
import { COLUMNS } from './index.mjs';
import { differs } from './judge.mjs';
import { DIFFERENCES, PUBLISHED, REMARKS } from './published.mjs';

/** @typedef {import('./index.mjs').Measured} Measured */

export const MARKS = { yes: '✓', partial: '◐', no: '✗' };
const COLOURS = { yes: 'green', partial: 'yellow', no: 'red' };

/** Two lines for each approach: the verdict, and what stands behind it. @param {Measured[]} rows @param {import('../terminal.mjs').Paint} paint */
export function approachTable(rows, paint) {
  const head = [0, 1].map((line) => [
    { text: line === 0 ? 'approach' : '', look: paint.bold },
    ...COLUMNS.map((column) => ({ text: column.head[line], look: paint.bold })),
  ]);
  const lines = rows.map((row) =>
    [0, 1].map((line) => [
      { text: row.title[line] },
      ...COLUMNS.map((column) => cellOf(row, column, line, paint)),
    ]),
  );
  return grid(head, lines, { paint, ruled: true });
}

function cellOf({ id, cells }, column, line, paint) {
  if (!cells) return { text: line === 0 ? 'NOT RUN' : '', look: paint.yellow };
  const cell = cells[column.id];
  if (line === 1) return { text: cell.figure[1], look: paint.dim };
  const other = differs(id, column.id, cell) ? '*' : '';
  return { text: `${MARKS[cell.state]} ${cell.figure[0]}${other}`, look: paint[COLOURS[cell.state]] };
}

/** What the table cannot say itself. @param {Measured[]} rows @param {import('../terminal.mjs').Paint} paint */
export function approachNotes(rows, paint) {
  const notRun = rows.filter(({ not_run }) => not_run);
  return [
    ...notRun.map(({ title, not_run }) =>
      paint.yellow(paragraph(' !  ', `${title.join(' ').trim()}: NOT RUN. ${not_run}.`)),
    ),
    ...DIFFERENCES.map(({ text }) => paragraph(' *  ', text)),
    ...REMARKS.map(({ text }) => paragraph(' ·  ', text)),
  ].join('\n');
}

/** @param {Measured[]} rows */
export const approachesAsJson = (rows) => ({
  approaches: rows.map(({ id, title, not_run, cells }) => ({
    id,
    title: title.join(' ').trim(),
    not_run,
    cells:
      cells &&
      Object.fromEntries(
        Object.entries(cells).map(([column, { state, figure, measured }]) => [
          column,
          { state, figure: figure.join(', '), published: PUBLISHED[id]?.[column] ?? null, measured },
        ]),
      ),
  })),
  notes: [...DIFFERENCES, ...REMARKS].map(({ cells, text }) => ({
    cells: cells.map(([approach, column]) => ({ approach, column })),
    text,
  })),
});
