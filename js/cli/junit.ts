// JUnit's XML, as CI servers take it: a suite for each flow, a failed case for each finding.
import type { Finding } from 'billonce/lab';
import type { Report } from './linted.ts';

export function asJunit(reports: readonly Report[]): string {
  const count = (of: (report: Report) => number) => reports.reduce((sum, report) => sum + of(report), 0);
  const failures = count(({ findings }) => findings.length);
  const errors = count(({ error }) => (error ? 1 : 0));
  const tests = count(testsOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="billonce lint" tests="${tests}" failures="${failures}" errors="${errors}">`,
    ...reports.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');
}

/** A flow without findings is one case, which passed. */
const testsOf = ({ findings }: Report): number => Math.max(findings.length, 1);

function suiteOf(report: Report): string[] {
  const { file, findings, error } = report;
  const name = attribute(file);
  const head = `  <testsuite name="${name}" tests="${testsOf(report)}" failures="${findings.length}" errors="${error ? 1 : 0}">`;
  const cases = findings.map((finding) => caseOf(finding, name));
  const whole = error
    ? `><error type="${error.code}" message="${attribute(error.message)}"/></testcase>`
    : '/>';
  if (cases.length === 0) cases.push(`    <testcase classname="${name}" name="flow"${whole}`);
  return [head, ...cases, '  </testsuite>'];
}

function caseOf({ rule, step, title, line, message, fix }: Finding, file: string): string {
  const where = attribute(`${step} ${title}: ${rule}${line ? ` (line ${line})` : ''}`);
  const failure = `<failure type="${rule}" message="${attribute(message)}">${attribute(fix)}</failure>`;
  return `    <testcase classname="${file}" name="${where}">${failure}</testcase>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no control characters, not even escaped; nor halves of surrogate pairs. */
export const attribute = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\u0000-\u001F\u007F\uFFFE\uFFFF]/g, ' ')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
