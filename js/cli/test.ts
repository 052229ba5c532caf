import { BillonceError } from 'billonce';
import { compareApproaches, explainReport, readFlow, runScenario, searchFlow, testFlow } from 'billonce/lab';
import { readInput, readJson } from './files.ts';
import { progressLine } from './progress.ts';
import { asTestJson } from './test-json.ts';
import { asTestJunit } from './test-junit.ts';
import { asTestSarif } from './test-sarif.ts';
import { asTestText } from './test-text.ts';
import { isWrong, type Tested } from './tested.ts';
import { formatOf, parseWords, Usage } from './usage.ts';

export const TEST_HELP = `billonce test: lets faults happen to an exported Activepieces flow, and counts what its customers pay

Usage
  billonce test flow.json      - stands for standard input; nothing is sent anywhere

  --payload p.json               what the trigger gets; a list of events with --payloads
  --payloads p.json              several events, each delivered once
  --fault name[@call]            only this fault, at that call to Stripe, and all that happens; several are one story
  --search N                     N scenarios: every fault, then combinations
  --depth D                      how many faults come together at most in a search; default: 3
  --seed S                       decides all that is left to chance; default: 0
  --proxy spend_cap|billonce_edge   the proxy where calls go through one; default: by the flow's addresses
  --compare                      six approaches to billing from this flow, side by side
  --format text|json|sarif|junit   default: text; --json is short for --format json

Exit codes: 0 nothing wrong, 1 somebody is charged twice or not at all, or a cap is passed, 2 the flow or an option
could not be read.
Ctrl-C ends a search with what it has found so far.
`;

const FORMATS: Record<string, (tested: Tested) => string> = {
  text: asTestText,
  json: asTestJson,
  sarif: asTestSarif,
  junit: asTestJunit,
};

const OPTIONS = {
  payload: { type: 'string' },
  payloads: { type: 'string' },
  fault: { type: 'string', multiple: true },
  search: { type: 'string' },
  depth: { type: 'string' },
  seed: { type: 'string' },
  proxy: { type: 'string' },
  compare: { type: 'boolean' },
  format: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export async function testCommand(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, OPTIONS, 'test');
  const [file, ...others] = positionals;
  if (file === undefined) throw new Usage('billonce test: name the exported flow: billonce test flow.json');
  if (others.length > 0) throw new Usage('billonce test: takes one flow at a time.');
  const format = formatOf(values, FORMATS, 'test');
  const seed = numberOf(values.seed, 'seed', 0, 4_294_967_295);
  const search = numberOf(values.search, 'search', 1, 10_000_000);
  const depth = numberOf(values.depth, 'depth', 1, 6);
  const shared = {
    ...(seed === undefined ? {} : { seed }),
    ...payloadOf(values.payload, values.payloads),
    ...proxyOf(values.proxy),
  };
  const bytes = input(file);
  const ended = new AbortController();
  const onInterrupt = () => ended.abort();
  process.once('SIGINT', onInterrupt);
  const line = progressLine();
  try {
    const asked = { ...shared, signal: ended.signal };
    const { fault: faults } = values;
    const test = faults ? null : await testFlow(bytes, { ...asked, progress: line.show('faults') });
    const one = faults ? await runScenario(bytes, { seed: seed ?? 0, faults }, asked) : null;
    const more = { ...(depth === undefined ? {} : { depth }), progress: line.show('scenarios') };
    const found = search === undefined ? null : await searchFlow(bytes, { ...asked, ...more, search });
    const comparison = values.compare
      ? await compareApproaches(bytes, { ...asked, progress: line.show('approaches') })
      : null;
    line.end();
    const tested: Tested = {
      file,
      text: bytes.toString('utf8'),
      flow: readFlow(bytes).name,
      test,
      scenario: one && { ...explainReport(one), count: 1, report: one },
      search: found,
      comparison,
      words: repeated(values, file),
    };
    process.stdout.write(format(tested));
    return isWrong(tested) ? 1 : 0;
  } catch (error) {
    line.end();
    if (error instanceof BillonceError && error.code === 'aborted') return 130;
    throw asOption(error, values.fault ?? []);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** A scenario's mistakes are those of the options that it was made of. */
function asOption(error: unknown, faults: readonly string[]): unknown {
  if (!(error instanceof BillonceError)) return error;
  const [path, at] = /^scenario\.faults(?:\.(\d+))?/.exec(error.field) ?? [];
  if (path === undefined || !error.message.startsWith(path)) return error;
  const option = `--fault${at === undefined ? '' : ` ${faults[Number(at)]?.slice(0, 60)}`}`;
  return new Usage(`billonce test: ${option}${error.message.slice(path.length)}`);
}

function input(file: string): Buffer {
  try {
    return readInput(file);
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    throw new Usage(`billonce test: ${file === '-' ? 'standard input' : file}: ${error.message}`);
  }
}

function payloadOf(
  one: string | undefined,
  several: string | undefined,
): { payload?: unknown; payloads?: unknown[] } {
  if (one !== undefined && several !== undefined)
    throw new Usage('billonce test: --payload and --payloads exclude each other.');
  if (several !== undefined) return { payloads: readJson(several, 'billonce test: --payloads') as unknown[] };
  return one === undefined ? {} : { payload: readJson(one, 'billonce test: --payload') };
}

function proxyOf(given: string | undefined): { proxy?: 'spend_cap' | 'billonce_edge' } {
  if (given === undefined) return {};
  if (given === 'spend_cap' || given === 'billonce_edge') return { proxy: given };
  throw new Usage('billonce test: --proxy is spend_cap or billonce_edge.');
}

function numberOf(text: string | undefined, option: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Usage(`billonce test: --${option} is a whole number from ${least} to ${most}.`);
}

/** Quoted where a shell would not take it as one word. */
const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function repeated(values: { payload?: string; payloads?: string; proxy?: string }, file: string): string[] {
  const options = (['payload', 'payloads', 'proxy'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, word(value)];
  });
  return ['npx', 'billonce', 'test', word(file), ...options];
}
