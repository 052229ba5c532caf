// For people, in a terminal: the published comparison of approaches, as it came out of running this flow's variants.
import type { Approach, Comparison, ComparisonCell } from 'billonce/lab';
import { type Look, type Paint, paragraph, table } from './terminal.ts';

const STATES: Record<ComparisonCell['state'], { mark: string; look: Look }> = {
  yes: { mark: '✓', look: 'green' },
  partial: { mark: '◐', look: 'yellow' },
  no: { mark: '✗', look: 'red' },
};
/** What a title's line may take, so that the table has 100 columns. */
const TITLE = 16;

/** Two lines for each approach, and a sentence where this flow has no such variant. */
export function comparisonLines({ columns, approaches }: Comparison, paint: Paint): string[] {
  const ran = approaches.filter(({ cells }) => cells !== null);
  const head = ['approach', ...columns.map(({ title }) => title.toLowerCase().replace(' ', '\n'))];
  const rows = ran.flatMap((approach) => [0, 1].map((line) => lineOf(approach, columns, line)));
  const lookOf = (row: number, column: number): Look | undefined => {
    const cell = ran[row >> 1]?.cells?.[columns[column - 1]?.id ?? 'retry'];
    if (column === 0 || !cell) return undefined;
    return row % 2 === 0 ? STATES[cell.state].look : 'dim';
  };
  const missing = approaches.flatMap(({ title, missing }) =>
    missing === null ? [] : [`${title}: ${missing}`],
  );
  return [
    ...(ran.length > 0 ? table(head, rows, lookOf, paint) : []),
    ...missing.map((text) => paint('dim', paragraph('· ', text))),
  ];
}

function lineOf({ title, cells }: Approach, columns: Comparison['columns'], line: number): string[] {
  const told = columns.map(({ id }) => {
    const { state, text } = cells?.[id] ?? { state: 'no' as const, text: '' };
    const [first = '', ...rest] = text.split(', ');
    return line === 0 ? `${STATES[state].mark} ${first}` : rest.join(', ');
  });
  return [titleLines(title)[line] ?? '', ...told];
}

function titleLines(title: string): [string, string] {
  const words = title.split(' ');
  let first = words.shift() ?? '';
  while (words[0] !== undefined && first.length + 1 + words[0].length <= TITLE) first += ` ${words.shift()}`;
  return [first, words.join(' ')];
}
