// What runs in the realm before any step: it makes worker processes, and runs steps in them. The sandbox (../sandbox.ts) stands outside.
import { useUtc } from './date.ts';
import { ask, settle } from './host.ts';
import { enter, GLOBALS, LabDate, lastProcess, makeProcess, type Process, timers } from './process.ts';
import { scrub } from './scrub.ts';
import { AbortController } from './web.ts';

/** `globalThis` for billonce, which the build puts in its place. */
declare const realmGlobals: Record<string, unknown>;
/** The realm's own. */
declare const realm: Record<string, unknown>;

/** A Code step's source within a function; it gives what the module exports. */
type Wrapped = (
  exports: object,
  require: (name: string) => unknown,
  module: object,
  ...globals: unknown[]
) => void;
type Inputs = Record<string, unknown>;

const LONGEST_OUTPUT = 5_000_000;
const { parse, stringify } = JSON;

const processes = new Map<number, Process>();
const steps = new Map<number, Wrapped>();

scrub(realm);
useUtc();
Object.defineProperty(Date.prototype, 'constructor', { value: LabDate, writable: true, configurable: true });
Object.assign(realmGlobals, {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  AbortController,
});
Object.defineProperty(realmGlobals, 'fetch', { get: () => processes.get(lastProcess())?.globals.fetch });

export const globals = GLOBALS.join();

export function begin(id: number): void {
  processes.set(id, makeProcess(id));
}

export function end(id: number): void {
  processes.delete(id);
}

export function add(step: number, wrapped: Wrapped): void {
  steps.set(step, wrapped);
}

/** Runs a step from its module's beginning, as Activepieces does: module scope is new each time. The host is told how it ended. */
export function run(id: number, step: number, call: number, inputs: string, runId: string): void {
  enter(id);
  const told = (ok: boolean, text: string) => void ask(ok ? 'output' : 'failed', call, text);
  try {
    const answer = begun(id, steps.get(step) as Wrapped, parse(inputs), runId);
    if (isThenable(answer)) {
      Promise.resolve(answer).then(
        (output) => finish(output, told),
        (error) => told(false, messageOf(error)),
      );
    } else finish(answer, told);
  } catch (error) {
    told(false, messageOf(error));
  }
}

/** The published pattern's `context` knows the run's id, which is another after a retry from the start. */
function begun(id: number, wrapped: Wrapped, inputs: Inputs, runId: string): unknown {
  const { globals: own, require } = processes.get(id) as Process;
  const module = { exports: {} as Record<string, unknown> };
  wrapped(module.exports, require, module, ...GLOBALS.map((name) => own[name]));
  const { code, run: seeds } = module.exports;
  if (typeof code === 'function') return code(inputs);
  if (typeof seeds === 'function') return seeds({ inputs, context: { run: { id: runId } } });
  throw new TypeError('it exports no function named code');
}

function finish(output: unknown, told: (ok: boolean, text: string) => void): void {
  let text: string;
  try {
    text = stringify(output) ?? 'null';
  } catch (error) {
    told(false, messageOf(error));
    return;
  }
  if (text.length > LONGEST_OUTPUT) text = 'too large';
  told(true, text);
}

const isThenable = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function';

/** Of whatever was thrown, without trusting it. */
function messageOf(error: unknown): string {
  try {
    const message = error instanceof Error ? error.message : (error as { message?: unknown })?.message;
    const text = typeof message === 'string' ? message : (stringify(error) ?? String(error));
    return (text || String((error as Error)?.name ?? 'it threw an empty error')).slice(0, 2_000);
  } catch {
    return 'it threw something that cannot be read';
  }
}

/** The value of a `{{…}}`, as JSON; an empty text's where there is none. */
export function evaluate(id: number, expression: (...scope: unknown[]) => unknown, scope: string): string {
  enter(id);
  try {
    return stringify(expression(...parse(scope), flattenNestedKeys) ?? '') ?? '""';
  } catch {
    return '""';
  }
}

function flattenNestedKeys(data: unknown, path: string[]): unknown[] {
  if (Array.isArray(data)) return data.flatMap((item) => flattenNestedKeys(item, path));
  if (typeof data === 'object' && data !== null) {
    const [name, ...rest] = path;
    return name !== undefined && Object.hasOwn(data, name)
      ? flattenNestedKeys((data as Inputs)[name], rest)
      : [];
  }
  return path.length === 0 ? [data] : [];
}

/** What was waited for has come. */
export function answer(id: number, ticket: number, text: string): void {
  enter(id);
  try {
    settle(ticket, text);
  } catch (error) {
    // A timer's callback threw: in Node that ends the process, and the step with it.
    ask('log', id, messageOf(error));
  }
}
