// For people, in a terminal: a table of the findings, and below it why and what to do.
import { isFixable, type Report } from './lint.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
const WIDTH = 100;
const TITLE = 28;

type Paint = (look: keyof typeof CODES, text: string) => string;

/** A file's texts may hold what a terminal would obey. */
export const plainText = (text: string): string => text.replaceAll(/\p{C}/gu, ' ');

export function asText(reports: readonly Report[]): string {
  const wanted = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const paint: Paint = (look, text) => (wanted ? `\x1b[${CODES[look]}m${text}\x1b[0m` : text);
  return reports.map((report) => `${oneFile(report, paint).join('\n')}\n`).join('\n');
}

function oneFile({ file, findings, error, mended }: Report, paint: Paint): string[] {
  const name = paint('bold', plainText(file === '-' ? 'standard input' : file));
  if (error)
    return [`${name}: ${paint('red', 'could not be read')}`, paragraph('  ', plainText(error.message))];
  if (findings.length === 0) return [`${name}: ${paint('green', 'nothing found')}`];
  const rows = findings.map((finding, at) => [
    `${at + 1}`,
    finding.severity,
    `${finding.step} ${shortened(plainText(finding.title))}`,
    finding.line ? `${finding.line}` : '',
    finding.rule,
    isFixable(finding) ? 'yes' : '',
  ]);
  const notes = findings.flatMap(({ message, fix }, at) => {
    const head = `${at + 1}`.padStart(3);
    return [paragraph(` ${head}  `, message), paragraph('      ', fix)];
  });
  const looks = findings.map(
    ({ severity }) => (severity === 'error' ? 'red' : 'yellow') as keyof typeof CODES,
  );
  return [
    name,
    '',
    ...table(['', 'severity', 'step', 'line', 'rule', '--fix'], rows, looks, paint),
    '',
    ...notes,
    '',
    summary(findings.length, mended),
  ];
}

function summary(found: number, mended: number | undefined): string {
  const findings = found === 1 ? '1 finding' : `${found} findings`;
  if (mended === undefined) return findings;
  if (mended === 0) return `${findings}; none can be mended safely, so no file was written`;
  const left = found - mended;
  return `${findings}; ${mended} mended in the new file, ${left === 0 ? 'none' : left} left`;
}

function table(head: string[], rows: string[][], looks: (keyof typeof CODES)[], paint: Paint): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const bar = paint('dim', '│');
  const line = (row: string[], paintCell: (text: string, column: number) => string) =>
    `${bar} ${row.map((text, column) => paintCell(text.padEnd(widths[column] ?? 0), column)).join(` ${bar} `)} ${bar}`;
  const rule = (left: string, middle: string, right: string) =>
    paint('dim', `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`);
  return [
    rule('┌', '┬', '┐'),
    line(head, (text) => paint('bold', text)),
    rule('├', '┼', '┤'),
    ...rows.map((row, at) =>
      line(row, (text, column) => (column === 1 ? paint(looks[at] ?? 'red', text) : text)),
    ),
    rule('└', '┴', '┘'),
  ];
}

const shortened = (title: string): string => (title.length > TITLE ? `${title.slice(0, TITLE - 1)}…` : title);

/** Words in lines, the first beginning with `head` and the others indented as far. */
function paragraph(head: string, text: string): string {
  const indent = ' '.repeat(head.length);
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(' ')) {
    const begun = line !== head && line !== indent;
    if (begun && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = begun ? `${line} ${word}` : `${line}${word}`;
    }
  }
  return [...lines, line].join('\n');
}
