// What of a test's reports CI servers are told of: each with a name, in the formats for machines.
import type { FaultReport, FaultsReport } from 'billonce/lab';
import { faultText } from './test-text.ts';
import type { Tested } from './tested.ts';

export interface NamedReport {
  name: string;
  it: FaultReport | FaultsReport;
}

export function namedReports({ test, scenario, search }: Tested): NamedReport[] {
  const several = (it: FaultsReport) => it.report.scenario.faults.map(faultText).join(' + ') || 'undisturbed';
  return [
    ...(test ? [{ name: 'undisturbed', it: test.baseline }] : []),
    ...(test?.reports ?? []).map((it) => ({ name: faultText(it.fault), it })),
    ...(scenario ? [{ name: several(scenario), it: scenario }] : []),
    ...(search?.found ?? [])
      .filter(({ report }) => !test || report.scenario.faults.length > 1)
      .map((it) => ({ name: several(it), it })),
  ];
}
