// Whether what was measured is what was to be expected, and whether everything that is not as published is explained.
import { DIFFERENCES, EXPECTED, PUBLISHED, REMARKS } from './published.mjs';

/** @typedef {import('./index.mjs').Measured} Measured */

/** Whether a cell is not as published. @param {string} approach @param {string} column @param {import('./index.mjs').Cell} cell */
export function differs(approach, column, { state }) {
  const published = PUBLISHED[approach]?.[column];
  return published !== undefined && published !== state;
}

/** A sentence for each cell that was not expected or is not explained. @param {Measured[]} rows */
export function surprisesAmong(rows) {
  const cells = rows.flatMap(({ id, cells }) =>
    Object.entries(cells ?? {}).map(([column, cell]) => ({ id, column, cell })),
  );
  const unexpected = cells.flatMap(({ id, column, cell }) => {
    const measured = `${cell.state}: ${cell.figure.join(', ')}`;
    const expected = EXPECTED[id][column];
    return measured === expected ? [] : [`${id}, ${column}: expected "${expected}", measured "${measured}"`];
  });
  const unexplained = cells
    .filter(({ id, column, cell }) => differs(id, column, cell) && !isExplained(id, column))
    .map(({ id, column }) => `${id}, ${column} is not as published, and no sentence says why`);
  const measured = (approach, column) =>
    rows.find(({ id }) => id === approach)?.cells?.[column].measured ?? {};
  const untrue = [...DIFFERENCES, ...REMARKS]
    .filter(({ holds }) => holds && !holds(measured))
    .map(({ cells: [[id, column]] }) => `${id}, ${column}: what the table says about it was not seen`);
  return [...unexpected, ...unexplained, ...untrue];
}

const isExplained = (approach, column) =>
  DIFFERENCES.some(({ cells }) => cells.some(([id, of]) => id === approach && of === column));
