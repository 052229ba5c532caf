import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from '../nearest.ts';

/** A mistake of whoever calls: its message says what to do, and is all that is shown. */
export class Usage extends Error {}

/** The words of a command line by their names. */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: string[],
  options: Options,
  command: string,
) {
  try {
    return parseArgs({ args: words, options, allowPositionals: true, strict: true });
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    // Node's sentences name the option first, and quote it.
    const option = /'(--?[\w-]{1,40})/.exec((error as Error).message)?.[1] ?? 'An option';
    const known = Object.keys(options).map((name) => `--${name}`);
    const problem = unknown
      ? `${option} is not known here.${didYouMean(option, known)} Known are ${known.join(', ')}`
      : `${option} needs a value, or takes none: write --name value, or --name=value where the value begins with a dash`;
    throw new Usage(`billonce ${command}: ${problem}. billonce ${command} --help tells more.`);
  }
}

/** How the answer is written: `--json`, or what `--format` names. */
export function formatOf<Write>(
  { json, format }: { json?: boolean | undefined; format?: string | undefined },
  formats: Record<string, Write>,
  command: string,
): Write {
  const name = json ? 'json' : (format ?? 'text');
  const write = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (!write) throw new Usage(`billonce ${command}: --format is one of ${Object.keys(formats).join(', ')}.`);
  if (json && format !== undefined && format !== 'json') {
    throw new Usage(`billonce ${command}: --json and --format exclude each other.`);
  }
  return write;
}
