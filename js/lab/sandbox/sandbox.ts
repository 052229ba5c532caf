// Code steps and expressions of one flow, in worker processes that know nothing but the world. Who sends, waits and draws lots is the caller.
import { BillonceError } from '../../index.ts';
import { compileExpression, compileStep, unreadable } from './compile.ts';
import { openRealm, type Realm } from './realm.ts';
import { urlParts, urlWith } from './url-parts.ts';
import { watch } from './watch.ts';

/** What a step sends by fetch. */
export interface Sent {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

export type Received = { status: number; headers: Record<string, string>; body: string } | { failed: string };

/** The side of the world. `owner` is what `begin` was called with, or undefined for what belongs to nobody in particular. */
export interface Outside<Owner> {
  now(): number;
  random(below: number): number;
  /** What it gives calls it off. */
  sleep(ms: number, then: () => void): () => void;
  fetch(owner: Owner, sent: Sent, then: (received: Received) => void): void;
  log(owner: Owner, text: string): void;
  /** What the run is called. */
  nameOf(owner: Owner): string;
}

export interface WorkerProcess {
  /** Runs a Code step. */
  run(
    step: { name: string; code: string },
    inputs: unknown,
    done: (output: unknown) => void,
    fail: (error: Error) => void,
  ): void;
  /** The value of an expression, with these variables. */
  evaluate(expression: string, scope: Record<string, unknown>, step: string): unknown;
  /** Nothing that it began comes back. */
  kill(): void;
}

/** What a step's code did wrong. It fails the step. */
export class StepError extends Error {}

interface Call {
  step: string;
  done(output: unknown): void;
  fail(error: Error): void;
}

type Listener = (question: string, id: number, text?: string | number) => string | number | undefined;

/** Who is asked, by the number of a process or of a call; and who was opened last, for what belongs to none. */
const listeners = new Map<number, Listener>();
let lastOpened: Listener = () => undefined;

const host: Listener = (question, id, text) => {
  try {
    return (listeners.get(id) ?? lastOpened)(question, id, text);
  } catch {
    return undefined;
  }
};

/**
 * A thread has one realm, and uses it for one flow after the other: opening one takes longer than a run. Only code that could change what is
 * built in, for those after it, gets a realm of its own.
 */
let used: Prepared | undefined;

/** A realm, and what has been compiled in it. */
interface Prepared extends Realm {
  steps: Map<string, number>;
  expressions: Map<string, unknown>;
}

/** Of one realm, before all is compiled anew: a search has the same few again and again. */
const MOST_COMPILED = 5_000;

const CHANGES =
  /\bprototype\b|__proto__|definePropert|setPrototypeOf|[.['"`]\s*constructor\b|\bReflect\b|\b(Object|Array|JSON|Promise|Number|String|Intl|BigInt|RegExp|Symbol|Map|Set|Date|Math|Buffer|URL\w*|Text\w+|Headers|Request|Response|Abort\w+|crypto|process|performance)\s*(\.\s*\w+|\[[^\]]*\])\s*=[^=]|\bassign\s*\(\s*[A-Z]/;
/** As in `Object.prototype.hasOwnProperty.call(a, b)`, which changes nothing. */
const BORROWS = /\bprototype\s*\.\s*\w+\s*\.\s*(call|apply|bind)\b/g;

function realmFor(sources: readonly string[]): Prepared {
  const open = () => ({ ...openRealm(host), steps: new Map(), expressions: new Map() });
  if (sources.some((source) => CHANGES.test(source.replace(BORROWS, '')))) return open();
  if (!used || used.steps.size + used.expressions.size > MOST_COMPILED) used = open();
  return used;
}

/** Of processes, calls and tickets, for the whole thread. */
let numbers = 0;

export class Sandbox<Owner> {
  readonly #outside: Outside<Owner>;
  readonly #realm: Prepared;
  readonly #processes = new Map<number, { owner: Owner; step: string; timers: number }>();
  readonly #calls = new Map<number, Call>();
  readonly #timers = new Map<number, { process: number; end: () => void }>();
  /** What no flow may do; the caller asks for it after each turn. */
  refusal: BillonceError | null = null;

  /** @param sources The code of every step, which is only looked at. */
  constructor(outside: Outside<Owner>, sources: readonly string[]) {
    this.#outside = outside;
    this.#realm = realmFor(sources);
    lastOpened = this.#heard;
  }

  /** A worker process, which belongs to a run. */
  begin(owner: Owner): WorkerProcess {
    const id = ++numbers;
    listeners.set(id, this.#heard);
    const { inside } = this.#realm;
    const process = { owner, step: '', timers: 0 };
    this.#processes.set(id, process);
    inside.begin(id);
    return {
      run: (step, inputs, done, fail) => {
        const number = this.#stepOf(step);
        const call = ++numbers;
        Object.assign(process, { step: step.name, timers: 0 });
        listeners.set(call, this.#heard);
        this.#calls.set(call, { step: step.name, done, fail });
        watch.enter(step.name);
        inside.run(id, number, call, JSON.stringify(inputs) ?? '{}', this.#outside.nameOf(owner));
      },
      evaluate: (expression, scope, step) => {
        watch.enter(step);
        const compiled = this.#expressionOf(expression, Object.keys(scope));
        if (compiled === null) return '';
        const value = inside.evaluate(id, compiled, JSON.stringify(Object.values(scope)));
        watch.leave();
        return JSON.parse(value);
      },
      kill: () => {
        this.#processes.delete(id);
        for (const [ticket, timer] of this.#timers) if (timer.process === id) this.#endTimer(ticket);
        listeners.delete(id);
        inside.end(id);
      },
    };
  }

  /** Resolved when the code has done all that it can do without the world. */
  turn(): Promise<void> {
    return this.#realm.turn();
  }

  #stepOf({ name, code }: { name: string; code: string }): number {
    const { steps, inside, evaluate } = this.#realm;
    const known = steps.get(code);
    if (known !== undefined) return known;
    const number = ++numbers;
    const text = compileStep(code, name, inside.globals);
    let wrapped: unknown;
    try {
      wrapped = evaluate(text, name);
    } catch (error) {
      throw unreadable(name, error);
    }
    inside.add(number, wrapped);
    steps.set(code, number);
    return number;
  }

  #expressionOf(expression: string, names: readonly string[]): unknown {
    const key = `${names} ${expression}`;
    const known = this.#realm.expressions.get(key);
    if (known !== undefined) return known;
    let compiled: unknown = null;
    try {
      const text = compileExpression(expression, names);
      if (text !== null) compiled = this.#realm.evaluate(text, 'expression');
    } catch {
      // As in Activepieces: what is no JavaScript is an empty text.
    }
    this.#realm.expressions.set(key, compiled);
    return compiled;
  }

  readonly #heard: Listener = (question, id, text) => {
    const process = this.#processes.get(id);
    const { now, random, sleep, fetch, log } = this.#outside;
    switch (question) {
      case 'now':
        return now();
      case 'random':
        return random(Number(text));
      case 'sleep': {
        if (process && ++process.timers > MOST_TIMERS) this.#refuse(tooManyTimers(process.step));
        const ticket = ++numbers;
        const end = sleep(Number(text), () => {
          this.#timers.delete(ticket);
          // Of nobody in particular are the timers within billonce, whose run may be any.
          if (id === 0 || this.#processes.has(id)) this.#answer(id, ticket, '');
        });
        this.#timers.set(ticket, { process: id, end });
        return ticket;
      }
      case 'clear':
        this.#endTimer(Number(text));
        return undefined;
      case 'fetch': {
        const ticket = ++numbers;
        if (process) {
          fetch(process.owner, JSON.parse(String(text)), (received) => {
            if (this.#processes.has(id)) this.#answer(id, ticket, JSON.stringify(received));
          });
        }
        return ticket;
      }
      case 'url':
        return urlParts([String(text)]);
      case 'url_from':
        return urlParts(JSON.parse(String(text)));
      case 'url_with':
        return urlWith(JSON.parse(String(text)));
      case 'log':
        if (process) log(process.owner, String(text));
        return undefined;
      case 'missing':
        this.#missing(process?.step ?? 'flow', String(text));
        return undefined;
      case 'output':
      case 'failed':
        this.#ended(id, question === 'output', String(text));
        return undefined;
      default:
        return undefined;
    }
  };

  #endTimer(ticket: number): void {
    this.#timers.get(ticket)?.end();
    this.#timers.delete(ticket);
  }

  #answer(id: number, ticket: number, text: string): void {
    const step = this.#processes.get(id)?.step;
    if (step) watch.enter(step);
    this.#realm.inside.answer(id, ticket, text);
  }

  #missing(step: string, name: string): void {
    const shown = /^[@\w./:-]{1,60}$/.test(name) ? name : 'a package';
    const message = `${step} imports ${shown}, which the lab does not have: it has billonce, billonce/stripe, stripe, axios, node-fetch, uuid and crypto`;
    this.#refuse(new BillonceError('invalid_flow', step, message));
  }

  #refuse(refusal: BillonceError): void {
    this.refusal ??= refusal;
  }

  #ended(number: number, ok: boolean, text: string): void {
    const call = this.#calls.get(number);
    if (!call) return;
    this.#calls.delete(number);
    listeners.delete(number);
    watch.leave();
    if (!ok) call.fail(new StepError(text));
    else if (text === 'too large') {
      const message = `${call.step} put out more than 5 MB`;
      call.fail(new BillonceError('input_too_large', call.step, message));
    } else call.done(JSON.parse(text));
  }
}

/** Of one execution of a step: it is about to wait for ever, a millisecond at a time. */
const MOST_TIMERS = 50_000;

function tooManyTimers(step: string): BillonceError {
  const message = `${step} has set more than ${MOST_TIMERS.toLocaleString('en-US')} timers: it seems to wait for something that does not come`;
  return new BillonceError('endless_step', step, message);
}
