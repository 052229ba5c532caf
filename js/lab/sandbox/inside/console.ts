import { ask } from './host.ts';

const LONGEST = 2_000;

/** What a step prints, as text. */
export function consoleBy(process: number) {
  const print = (...given: unknown[]): void => {
    ask('log', process, given.map(shown).join(' ').slice(0, LONGEST));
  };
  const nothing = (): void => {};
  return {
    log: print,
    info: print,
    warn: print,
    error: print,
    debug: print,
    trace: print,
    dir: print,
    table: print,
    assert: (holds: unknown, ...given: unknown[]) =>
      holds ? undefined : print('Assertion failed', ...given),
    group: print,
    groupCollapsed: print,
    groupEnd: nothing,
    time: nothing,
    timeEnd: nothing,
    timeLog: nothing,
    count: nothing,
    countReset: nothing,
    clear: nothing,
  };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
