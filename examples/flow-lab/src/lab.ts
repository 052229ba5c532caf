// All that the page wants of billonce, called as anybody may call it.
import { BillonceError } from 'billonce';
import { fixFlow, lint, readFlow, withoutSecrets } from 'billonce/lab';
import type { Subject } from './desk/words.ts';
import type { Comparison, Opened, Scenario, SearchOutcome, Shown, Tested, Told } from './lab-types.ts';

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
export async function fix(text: string, which: number | 'all'): Promise<Opened> {
  const fixed = which === 'all' ? fixFlow(text).fixed : lint(text)[which]?.fixed;
  if (!fixed)
    throw new BillonceError('invalid_flow', 'flow', 'Nothing in this flow can be mended safely by itself.');
  return opened(`${JSON.stringify(fixed, null, 2)}\n`);
}

function opened(text: string): Opened {
  const findings = lint(text).map((finding): Shown => {
    const { rule, severity, step, title, message, fix } = finding;
    const line = finding.line === undefined ? {} : { line: finding.line };
    return { rule, severity, step, title, message, fix, ...line, fixable: Object.hasOwn(finding, 'fixed') };
  });
  return { text, flow: readFlow(text), findings };
}

/** As it may be passed on, without white space. */
export async function passedOn(text: string): Promise<string> {
  return JSON.stringify(withoutSecrets(text));
}

export async function test(_subject: Subject, _talk: Talk): Promise<Tested> {
  throw new Error('not yet');
}

export async function run(_subject: Subject, _scenario: Scenario, _talk: Talk): Promise<Told> {
  throw new Error('not yet');
}

export async function compare(_subject: Subject, _talk: Talk): Promise<Comparison> {
  throw new Error('not yet');
}

export async function search(
  _subject: Subject,
  _how: { depth: number; combinations: number },
  _talk: Talk,
): Promise<SearchOutcome> {
  throw new Error('not yet');
}
