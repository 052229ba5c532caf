// Where flows' code runs: a V8 context of its own in Node, the worker's own global in a browser. Neither has anything but the language.
import inside from '#inside';

/** The only function of this side that is called from in there. It takes and gives texts and numbers, and must not throw. */
export type Host = (question: string, process: number, text?: string | number) => string | number | undefined;

/** What js/lab/sandbox/inside/index.ts exports. */
export interface Inside {
  /** The names of the parameters that a step's source is wrapped in. */
  readonly globals: string;
  begin(process: number): void;
  end(process: number): void;
  add(step: number, wrapped: unknown): void;
  run(process: number, step: number, call: number, inputs: string, runId: string): void;
  evaluate(process: number, expression: unknown, scope: string): string;
  answer(process: number, ticket: number, text: string): void;
}

export interface Realm {
  inside: Inside;
  /** Runs a script's text, without `import` of any kind in it, and gives its value. */
  evaluate(script: string, name: string): unknown;
  /** Resolved when nothing in the realm is left that could run by itself. */
  turn(): Promise<void>;
}

interface Vm {
  createContext(sandbox: object | symbol, options: object): object;
  Script: new (text: string, options: object) => { runInContext(context: object): unknown };
}

declare const process: { getBuiltinModule?(name: string): unknown } | undefined;
declare const setImmediate: (call: () => void) => void;
interface Channel {
  port1: { onmessage: unknown };
  port2: { postMessage(message: unknown): void };
}

// A worker's globals are taken away before the first step runs: what is needed of them is kept here.
const vm =
  typeof process === 'object' ? (process.getBuiltinModule?.('node:vm') as Vm | undefined) : undefined;
const immediate = typeof setImmediate === 'function' ? setImmediate : undefined;
const { MessageChannel: Channel } = globalThis as unknown as { MessageChannel: new () => Channel };
const evaluateHere = vm ? undefined : globalThis.Function;

export function openRealm(host: Host): Realm {
  return vm ? inNode(vm, host) : inWorker(host);
}

let compiled: InstanceType<Vm['Script']> | undefined;

function inNode({ createContext, Script }: Vm, host: Host): Realm {
  // Not an object of this side's kind: its prototype would be found by the bare name `constructor`.
  const context = createContext(Object.create(null), {
    name: 'billonce lab',
    codeGeneration: { strings: false, wasm: true },
  });
  compiled ??= new Script(inside, { filename: 'billonce-lab' });
  const open = compiled.runInContext(context) as (host: Host) => Inside;
  return {
    inside: open(host),
    evaluate: (script, filename) => new Script(script, { filename }).runInContext(context),
    turn: () => new Promise((resolve) => (immediate as (call: () => void) => void)(resolve)),
  };
}

function inWorker(host: Host): Realm {
  const evaluate = (script: string) => (evaluateHere as FunctionConstructor)(`return ${script}`)();
  const { port1, port2 } = new Channel();
  const turns: (() => void)[] = [];
  port1.onmessage = () => turns.shift()?.();
  const turn = () =>
    new Promise<void>((resolve) => {
      turns.push(resolve);
      port2.postMessage(0);
    });
  shared ??= (evaluate(inside) as (host: Host) => Inside)((...given) => current(...given));
  current = host;
  return { inside: shared, evaluate, turn };
}

/** There is one global, so there is one inside; it asks the sandbox that was opened last. */
let shared: Inside | undefined;
let current: Host;
