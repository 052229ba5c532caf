// SARIF 2.1.0 (OASIS), as code hosts take it for annotations: a result for each step and each way in which it is charged wrongly.
import { type NamedReport, namedReports } from './bad-reports.ts';
import { lineOfStep, physical, sarif } from './sarif.ts';
import { type Tested, WRONG } from './tested.ts';

const TEXTS: Record<string, string> = {
  charged_twice: 'Something owed once is charged more than once',
  lost: 'Something owed is never charged, and no run says so',
  over_spent: 'More is charged than is owed, or than a cap allows',
  unfinished: 'Something owed is not charged, and a run failed',
};

export function asTestSarif(tested: Tested): string {
  const bad = namedReports(tested).filter(({ it }) => it.report.verdict !== 'billed_once');
  const ids = [...new Set(bad.map(({ it }) => it.report.verdict))].sort();
  const rules = ids.map((id) => ({ id, shortDescription: { text: TEXTS[id] ?? id } }));
  const results = bad.flatMap((report) => stepsOf(report).map((step) => resultOf(report, step, tested, ids)));
  return sarif(rules, results, []);
}

const stepsOf = ({ it }: NamedReport): string[] =>
  it.report.steps.length > 0 ? it.report.steps : ['trigger'];

function resultOf({ name, it }: NamedReport, step: string, { file, text }: Tested, ids: readonly string[]) {
  const { verdict } = it.report;
  return {
    ruleId: verdict,
    ruleIndex: ids.indexOf(verdict),
    level: WRONG.includes(verdict) ? 'error' : 'warning',
    message: { text: `${step}, ${name}: ${it.explanation} ${it.prevention ?? ''}`.trim() },
    locations: [
      {
        ...physical(file, lineOfStep(text, step)),
        logicalLocations: [{ name: step, fullyQualifiedName: step, kind: 'member' }],
      },
    ],
    partialFingerprints: { 'billonce/v1': `${verdict}:${name}:${step}` },
  };
}
