// Each fault by itself.
import type { Fault, ScenarioReport } from '../run/types.ts';
import { applicableFaults, callsToTry } from './applies.ts';
import { FAULTS } from './catalogue.ts';
import { explainReport } from './explain.ts';
import type { Engine } from './run.ts';
import { runScenarioOf } from './run.ts';
import { readFault } from './scenario.ts';
import { needsRetry } from './slack.ts';
import type { Subject } from './subject.ts';
import type { FaultReport, FaultsReport, FlowTest } from './types.ts';

/** @param wanted Only these; by default all that can happen to the flow. */
export async function testSubject(
  subject: Subject,
  engine: Engine,
  {
    seed,
    wanted,
    findings,
  }: { seed: number; wanted: readonly unknown[] | undefined; findings: FlowTest['findings'] },
  progress: (done: number, total: number) => void,
): Promise<FlowTest> {
  const applicable = applicableFaults(subject);
  const faults = wanted ? faultsOf(wanted, subject) : applicable.faults;
  const not = wanted ? [] : [...applicable.not];
  const total = faults.length + 1;
  const baseline = undisturbed(await runScenarioOf(subject, { seed, faults: [] }, engine));
  progress(1, total);
  const reports: FaultReport[] = [];
  for (const fault of faults) {
    const report = await runScenarioOf(subject, { seed, faults: [fault] }, engine);
    if (!wanted && needsRetry(fault.name) && !report.timeline.some(({ kind }) => kind === 'retry')) {
      not.push({
        fault: fault.name,
        why: 'No run of this flow fails behind its charge, so nobody retries one.',
      });
    } else {
      reports.push(faultReport(fault, report));
    }
    progress(reports.length + 1, total);
  }
  return {
    flow: subject.flow.name,
    baseline,
    reports: withoutWrongBlame(reports),
    not_applicable: not,
    calls: [...subject.calls],
    unknown_pieces: [...subject.unknown_pieces],
    payload: { source: subject.payload_source, events: [...subject.payloads] },
    findings,
    charges_nothing: subject.owed.length === 0,
  };
}

/** A fault of a call that names none is one at each call. */
export function faultsOf(wanted: readonly unknown[], { calls }: Subject): Fault[] {
  return wanted.flatMap((value, at): Fault[] => {
    const fault = readFault(value, calls.length, `faults.${at}`);
    const named = typeof value === 'string' ? value.includes('@') : (value as Fault).call !== undefined;
    if (!FAULTS[fault.name].of_a_call || named) return [fault];
    return callsToTry(calls).map(({ number }) => ({ name: fault.name, call: number }));
  });
}

export const undisturbed = (report: ScenarioReport): FaultsReport => ({
  ...explainReport(report),
  report,
  count: 1,
});

function faultReport(fault: Fault, report: ScenarioReport): FaultReport {
  const { title, what } = FAULTS[fault.name];
  return { fault, title, what, ...explainReport(report), report };
}

/** A key that is another on each run is so also behind an edit: the edit is not to blame then. */
function withoutWrongBlame(reports: readonly FaultReport[]): FaultReport[] {
  const changes = reports.some(
    ({ fault, report }) => fault.name === 'dashboard_retry' && report.cause === 'key_changed',
  );
  if (!changes) return [...reports];
  return reports.map((it) => {
    const { cause } = it.report;
    if (cause !== 'key_of_an_edit' && cause !== 'key_of_an_order') return it;
    const report: ScenarioReport = { ...it.report, cause: 'key_changed' };
    return { ...it, ...explainReport(report), report };
  });
}
