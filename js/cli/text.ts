// For people, in a terminal: a table of the findings, and below it why and what to do.
import type { FixLimit } from 'billonce/lab';
import { isFixable, type Report } from './linted.ts';
import { type Look, type Paint, palette, paragraph, plainText, table } from './terminal.ts';

const TITLE = 28;

export function asText(reports: readonly Report[]): string {
  const paint = palette();
  return reports.map((report) => `${oneFile(report, paint).join('\n')}\n`).join('\n');
}

function oneFile({ file, findings, error, mended, limits = [] }: Report, paint: Paint): string[] {
  const name = paint('bold', plainText(file === '-' ? 'standard input' : file));
  if (error)
    return [`${name}: ${paint('red', 'could not be read')}`, paragraph('  ', plainText(error.message))];
  if (findings.length === 0) return [`${name}: ${paint('green', 'nothing found')}`, ...told(limits)];
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
  const lookOf = (row: number, column: number): Look | undefined =>
    column === 1 ? (findings[row]?.severity === 'error' ? 'red' : 'yellow') : undefined;
  return [
    name,
    '',
    ...table(['', 'severity', 'step', 'line', 'rule', '--fix'], rows, lookOf, paint),
    '',
    ...notes,
    '',
    summary(findings.length, mended),
    ...(mended === 0 ? [] : told(limits)),
  ];
}

/** What the new file cannot promise. */
const told = (limits: readonly FixLimit[]): string[] =>
  limits.map(({ step, message }) => paragraph(' · ', `${step}: ${message}`));

function summary(found: number, mended: number | undefined): string {
  const findings = found === 1 ? '1 finding' : `${found} findings`;
  if (mended === undefined) return findings;
  if (mended === 0) return `${findings}; none can be mended safely, so no file was written`;
  const left = found - mended;
  return `${findings}; ${mended} mended in the new file, ${left === 0 ? 'none' : left} left`;
}

const shortened = (title: string): string => (title.length > TITLE ? `${title.slice(0, TITLE - 1)}…` : title);
