// JUnit's XML, as CI servers take it: a case for each fault, failed where a customer pays wrongly.
import { type NamedReport, namedReports } from './bad-reports.ts';
import { attribute } from './junit.ts';
import { type Tested, WRONG } from './tested.ts';

export function asTestJunit(tested: Tested): string {
  const reports = namedReports(tested);
  const failures = reports.filter(isFailed).length;
  const counts = `tests="${reports.length}" failures="${failures}" errors="0"`;
  const file = attribute(tested.file);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="billonce test" ${counts}>`,
    `  <testsuite name="${file}" ${counts}>`,
    ...reports.map((report) => caseOf(report, file)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const isFailed = ({ name, it }: NamedReport): boolean =>
  WRONG.includes(it.report.verdict) || (name === 'undisturbed' && it.report.verdict !== 'billed_once');

function caseOf(report: NamedReport, file: string): string {
  const { name, it } = report;
  const head = `    <testcase classname="${file}" name="${attribute(name)}"`;
  if (!isFailed(report)) return `${head}/>`;
  const failure = `<failure type="${it.report.verdict}" message="${attribute(it.explanation)}">${attribute(it.prevention ?? '')}</failure>`;
  return `${head}>${failure}</testcase>`;
}
