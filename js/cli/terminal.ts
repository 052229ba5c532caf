// For people, in a terminal: colours, tables, and words in lines.

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

export type Look = keyof typeof CODES;
export type Paint = (look: Look, text: string) => string;

/** A file's texts may hold what a terminal would obey. */
export const plainText = (text: string): string => text.replaceAll(/\p{C}/gu, ' ');

/** Colours for a terminal that wants them; elsewhere they leave the text as it is. */
export function palette(): Paint {
  const wanted = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return (look, text) => (wanted ? `\x1b[${CODES[look]}m${text}\x1b[0m` : text);
}

const WIDEST = 100;
const NARROWEST = 60;

/** Of the terminal, within what reads well; elsewhere the widest. */
export const width = (): number => Math.min(Math.max(process.stdout.columns ?? WIDEST, NARROWEST), WIDEST);

/**
 * @param head Titles, of more than one line where they have line breaks.
 * @param lookOf How a cell of a row looks; undefined for plainly.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  lookOf: (row: number, column: number) => Look | undefined,
  paint: Paint,
): string[] {
  const titles = head.map((title) => title.split('\n'));
  const heights = titles.map(({ length }) => length);
  const headRows = Array.from({ length: Math.max(...heights) }, (_, at) =>
    titles.map((lines) => lines[at] ?? ''),
  );
  const widths = titles.map((lines, column) =>
    Math.max(...lines.map(({ length }) => length), ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const bar = paint('dim', '│');
  const line = (row: readonly string[], paintCell: (text: string, column: number) => string) =>
    `${bar} ${row.map((text, column) => paintCell(text.padEnd(widths[column] ?? 0), column)).join(` ${bar} `)} ${bar}`;
  const rule = (left: string, middle: string, right: string) =>
    paint('dim', `${left}${widths.map((cells) => '─'.repeat(cells + 2)).join(middle)}${right}`);
  return [
    rule('┌', '┬', '┐'),
    ...headRows.map((row) => line(row, (text) => paint('bold', text))),
    rule('├', '┼', '┤'),
    ...rows.map((row, at) =>
      line(row, (text, column) => {
        const look = lookOf(at, column);
        return look ? paint(look, text) : text;
      }),
    ),
    rule('└', '┴', '┘'),
  ];
}

/** How wide a text is without its colours. */
const visible = (text: string): number => text.replaceAll(/\x1b\[\d+m/g, '').length;

/** Words in lines, the first beginning with `head` and the others indented as far. */
export function paragraph(head: string, text: string): string {
  const indent = ' '.repeat(head.length);
  const most = width();
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(' ')) {
    const begun = line !== head && line !== indent;
    if (begun && visible(line) + 1 + visible(word) > most) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = begun ? `${line} ${word}` : `${line}${word}`;
    }
  }
  return [...lines, line].join('\n');
}
