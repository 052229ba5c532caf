import type { Comparison, FaultsReport, FlowSearch, FlowTest } from 'billonce/lab';

/** What the formats print. */
export interface Tested {
  file: string;
  /** The file's text, in which lines are looked up. */
  text: string;
  /** The flow's name. */
  flow: string;
  /** Every fault by itself; null where some were named. */
  test: FlowTest | null;
  /** The faults that were named, in one story. */
  scenario: FaultsReport | null;
  search: FlowSearch | null;
  /** Where it was asked for. */
  comparison: Comparison | null;
  /** The words that repeat it, but for the faults. */
  words: string[];
}

/** Where money is wrong. A run that failed and says so is not. */
export const WRONG = ['charged_twice', 'lost', 'over_spent'];

export function isWrong({ test, scenario, search }: Tested): boolean {
  const reports = [...(test?.reports ?? []), ...(scenario ? [scenario] : []), ...(search?.found ?? [])];
  const isLame = test !== null && (test.charges_nothing || test.baseline.report.verdict !== 'billed_once');
  return isLame || reports.some(({ report }) => WRONG.includes(report.verdict));
}
