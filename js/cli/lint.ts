import { BillonceError } from 'billonce';
import { type FixOptions, fixFlow, lint } from 'billonce/lab';
import { readInput, readJson, writeNew } from './files.ts';
import { asJson } from './json.ts';
import { asJunit } from './junit.ts';
import type { Report } from './linted.ts';
import { asSarif } from './sarif.ts';
import { asText } from './text.ts';
import { formatOf, parseWords, Usage } from './usage.ts';

export const LINT_HELP = `billonce lint: what in exported Activepieces flows can charge twice, not at all, or show a key

Usage
  billonce lint flow.json …      - stands for standard input

  --format text|json|sarif|junit   default: text; --json is short for --format json
  --proxy <url>                  the proxy in front of Stripe, where the flow does not name it
  --fix <new.json>               writes the flow with all mended that can be safely; import it in Activepieces
  --edge <url>                   with --fix: your own edge, through which mended calls go; it pins keys to their events
  --payload <event.json>         with --fix: an event as the trigger gets it, to see its own id and its billing period

Exit codes: 0 nothing found (with --fix: nothing left), 1 something found, 2 a file or an option could not be read.
`;

const FORMATS: Record<string, (reports: readonly Report[]) => string> = {
  text: asText,
  json: asJson,
  sarif: asSarif,
  junit: asJunit,
};

const OPTIONS = {
  format: { type: 'string' },
  json: { type: 'boolean' },
  proxy: { type: 'string' },
  fix: { type: 'string' },
  edge: { type: 'string' },
  payload: { type: 'string' },
} as const;

export function lintCommand(words: string[]): number {
  const { values, positionals: files } = parseWords(words, OPTIONS, 'lint');
  const format = formatOf(values, FORMATS, 'lint');
  if (files.length === 0) throw new Usage('billonce lint: name the exported flow: billonce lint flow.json');
  if (values.fix !== undefined && files.length > 1)
    throw new Usage('billonce lint: --fix takes one flow at a time.');
  if (values.fix === undefined && (values.edge !== undefined || values.payload !== undefined))
    throw new Usage('billonce lint: --edge and --payload go with --fix, which mends the flow for them.');
  const options = values.proxy === undefined ? {} : { proxy: values.proxy };
  const edge = values.edge === undefined ? {} : { edge: values.edge };
  const payload =
    values.payload === undefined ? {} : { payload: readJson(values.payload, 'billonce lint: --payload') };
  // A mistake in an option is none of a file's.
  if (options.proxy !== undefined) lint(EMPTY, options);
  if (values.edge !== undefined) fixFlow(EMPTY, edge);
  const reports = files.map((file) => reportOf(file, { ...options, ...edge, ...payload }, values.fix));
  process.stdout.write(format(reports));
  if (reports.some(({ error }) => error)) return 2;
  return reports.some(({ findings, mended }) => findings.length > (mended ?? 0)) ? 1 : 0;
}

const EMPTY = { trigger: { name: 'trigger', type: 'EMPTY' } };

function reportOf(file: string, options: FixOptions, fix: string | undefined): Report {
  let text = '';
  try {
    const bytes = readInput(file);
    text = bytes.toString('utf8');
    const findings = lint(bytes, options);
    if (fix === undefined) return { file, text, findings };
    const { fixed, findings: left, limits } = fixFlow(bytes, options);
    if (fixed !== null) writeNew(fix, `${JSON.stringify(fixed, null, 2)}\n`);
    return { file, text, findings, mended: findings.length - left.length, limits };
  } catch (error) {
    if (error instanceof BillonceError) {
      const { code, field, message } = error;
      return { file, text, findings: [], error: { code, field, message } };
    }
    if (!(error instanceof Usage) || error.message.startsWith('billonce')) throw error;
    return {
      file,
      text,
      findings: [],
      error: { code: 'unreadable_file', field: 'flow', message: error.message },
    };
  }
}
