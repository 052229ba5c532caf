// All that the page wants of billonce, called as anybody may call it.
import { BillonceError } from 'billonce';
import {
  compareApproaches,
  explainReport,
  fixFlow,
  lint,
  readFlow,
  runScenario,
  samplePayload,
  searchFlow,
  testFlow,
  withoutSecrets,
} from 'billonce/lab';
import type { Fix, Subject } from './desk/words.ts';
import type {
  Comparison,
  Mended,
  Opened,
  Scenario,
  SearchOutcome,
  Shown,
  Tested,
  Told,
} from './lab-types.ts';

export interface Talk {
  signal: AbortSignal;
  progress: (done: number, total: number, note?: string) => void;
}

/** No more of a file is read than what the lab refuses as too large. */
const ENOUGH = 20_000_001;

export async function open(source: Blob | string): Promise<Opened> {
  if (typeof source === 'string') return opened(source);
  const bytes = new Uint8Array(await source.slice(0, ENOUGH).arrayBuffer());
  readFlow(bytes);
  return opened(new TextDecoder().decode(bytes));
}

/** The whole flow mended, or with one finding mended. */
export async function fix({ text, which, edge, payload }: Fix): Promise<Mended> {
  const { fixed, limits } =
    which === 'all'
      ? fixFlow(text, { payload, ...(edge === null ? {} : { edge }) })
      : { fixed: lint(text)[which]?.fixed, limits: [] };
  if (!fixed) {
    const message = 'Nothing in this flow can be mended safely by itself';
    throw new BillonceError('invalid_flow', 'flow', message);
  }
  return { ...opened(`${JSON.stringify(fixed, null, 2)}\n`), limits };
}

function opened(text: string): Opened {
  const findings = lint(text).map((finding): Shown => {
    const { rule, severity, step, title, message, fix } = finding;
    const line = finding.line === undefined ? {} : { line: finding.line };
    return { rule, severity, step, title, message, fix, ...line, fixable: Object.hasOwn(finding, 'fixed') };
  });
  const flow = readFlow(text);
  return { text, flow, findings, payload: JSON.stringify(samplePayload(flow).value, null, 2) };
}

/** As it may be passed on, without white space. */
export async function passedOn(text: string): Promise<string> {
  return JSON.stringify(withoutSecrets(text));
}

const optionsOf = ({ world, seed }: Subject, { signal, progress }: Talk) => ({
  ...world,
  seed,
  signal,
  progress,
});

/** Every fault, one by one. */
export async function test(subject: Subject, talk: Talk): Promise<Tested> {
  // What it finds without running is known already, each with its flow.
  const { findings: _, ...tested } = await testFlow(subject.text, optionsOf(subject, talk));
  return tested;
}

export async function run(subject: Subject, scenario: Scenario, talk: Talk): Promise<Told> {
  const { seed: _, ...options } = optionsOf(subject, talk);
  const report = await runScenario(subject.text, scenario, options);
  return { report, ...explainReport(report) };
}

export const compare = ({ text, world }: Subject, { signal, progress }: Talk): Promise<Comparison> =>
  compareApproaches(text, { ...world, signal, progress });

export const search = (
  subject: Subject,
  { depth, combinations }: { depth: number; combinations: number },
  talk: Talk,
): Promise<SearchOutcome> =>
  searchFlow(subject.text, { ...optionsOf(subject, talk), depth, search: combinations });
