import { BillonceError } from '../../index.ts';
import { everyStep } from '../flow/walk.ts';
import { type Received, Sandbox, type Sent } from '../sandbox/sandbox.ts';
import { watch } from '../sandbox/watch.ts';
import type { Flow, TriggerStep } from '../types.ts';
import { Calls } from './calls.ts';
import { Clock } from './clock.ts';
import { teller } from './events.ts';
import { LONGEST_MS } from './http-piece.ts';
import { Interpreter, type Life, RunFailed } from './interpreter.ts';
import type { FlowLab, LabSettings, Run } from './lab.ts';
import { isNested } from './resolve.ts';
import { redactor } from './secrets.ts';
import { type Frame, forgetFailures, newFrame } from './state.ts';

/** About how long it takes until a dead worker's run is given to another. */
const WORKER_LOST_MS = 120_000;
/** What a Code step's fetch waits for an answer. */
const FETCH_MS = 300_000;
const MOST_LOGS = 1_000;

/**
 * Opens a lab for one flow in one world. Nothing happens before `settle`. A thread can have many, one after the other.
 *
 * @throws {BillonceError} for a Code step that cannot be run, by its name.
 */
export function openLab(settings: LabSettings): FlowLab {
  return new Lab(settings);
}

class Lab implements FlowLab {
  readonly #settings: LabSettings;
  readonly #flow: Flow;
  readonly #clock: Clock;
  readonly #tell: ReturnType<typeof teller>;
  readonly #calls: Calls;
  readonly #redact: (text: string) => string;
  readonly #sandbox: Sandbox<Run>;
  readonly #nested: boolean;
  readonly #runs: Run[] = [];
  readonly #states = new Map<Run, Frame>();
  readonly #lives = new Map<Run, Life>();
  readonly #logs: { run: string; text: string }[] = [];
  #refusal: unknown = null;

  constructor(settings: LabSettings) {
    const { flow, world, connections } = settings;
    this.#settings = settings;
    this.#flow = flow;
    this.#clock = new Clock(world);
    this.#redact = redactor(connections);
    this.#tell = teller(world, settings.tell);
    this.#nested = isNested(flow);
    this.#calls = new Calls(this.#clock, settings, this.#tell, (run) => this.#die(run));
    const sources = [...everyStep(flow.steps)].flatMap((step) =>
      step.type === 'code' && !step.skip ? [step.code] : [],
    );
    const outside = {
      now: () => world.now(),
      random: (below: number) => world.random(below),
      sleep: (ms: number, then: () => void) => this.#clock.after(ms, then),
      nameOf: (run: Run) => run.name.replace(' ', '_'),
      fetch: (run: Run, sent: Sent, then: (received: Received) => void) => this.#fetch(run, sent, then),
      log: (run: Run, text: string) => {
        if (this.#logs.length < MOST_LOGS) this.#logs.push({ run: run.name, text: this.#redact(text) });
      },
    };
    this.#sandbox = new Sandbox(outside, sources);
  }

  deliver(payload: unknown, after_ms = 0): Run {
    const run = this.#newRun(payload);
    this.#clock.after(after_ms, () => {
      this.#tell('delivery', run, 'The trigger fires');
      this.#start(run, null);
    });
    return run;
  }

  retry(run: Run, from: 'start' | 'failed_step', after_ms = 0): Run {
    const again = from === 'start' ? this.#newRun(run.payload) : run;
    this.#clock.after(after_ms, () => {
      if (from === 'start') {
        this.#tell('retry', again, `${run.name} is retried from the start`);
        this.#start(again, null);
      } else if (run.status === 'FAILED') {
        this.#tell('retry', run, `${run.name} is retried from ${run.failed_step}`);
        const state = this.#states.get(run) as Frame;
        forgetFailures(state);
        this.#start(run, state);
      }
    });
    return again;
  }

  runs(): readonly Run[] {
    return this.#runs;
  }

  calls() {
    return this.#calls.made;
  }

  logs() {
    return this.#logs;
  }

  async settle(): Promise<void> {
    try {
      await this.#quiet();
      while (this.#clock.step()) {
        this.#checkTime();
        await this.#quiet();
      }
    } finally {
      watch.leave();
      for (const { process } of this.#lives.values()) process.kill();
    }
    for (const { code } of this.#lives.values()) {
      if (!code) continue;
      const message = `${code.step} never ends: it waits for something that does not come`;
      throw new BillonceError('endless_step', code.step, message);
    }
    this.#lives.clear();
  }

  /** Resolved when every run waits for the world. */
  async #quiet(): Promise<void> {
    do {
      while (this.#some(({ waits }) => !waits)) await null;
      this.#refuse();
      // Many a step's code needs no more than this.
      for (let spin = 0; spin < 4 && this.#some(({ code }) => code !== null); spin++) await null;
      if (this.#some(({ code }) => code !== null)) await this.#sandbox.turn();
      this.#refuse();
    } while (this.#some(({ waits }) => !waits));
    watch.leave();
  }

  #some(is: (life: Life) => boolean): boolean {
    for (const life of this.#lives.values()) if (is(life)) return true;
    return false;
  }

  #refuse(): void {
    const refusal = this.#refusal ?? this.#sandbox.refusal;
    if (refusal) throw refusal;
  }

  /** Activepieces ends a run that takes longer. */
  #checkTime(): void {
    for (const [run, life] of this.#lives) {
      const { code, execution } = life;
      if (!code || this.#clock.world.now() - code.since <= LONGEST_MS) continue;
      const message = 'it is not done after ten minutes, and Activepieces ends the run';
      this.#tell('step_failed', run, message, execution);
      this.#end(run, life, new RunFailed(code.step, message));
    }
  }

  #newRun(payload: unknown): Run {
    const run: Run = {
      name: `run ${this.#runs.length + 1}`,
      status: 'RUNNING',
      payload,
      failed_step: null,
      error: null,
    };
    this.#runs.push(run);
    return run;
  }

  /** From the first step on, or with what an earlier try has finished. */
  #start(run: Run, finished: Frame | null): void {
    const state = finished ?? newFrame();
    state[this.#flow.trigger.name] ??= {
      status: 'SUCCEEDED',
      output: triggerOutput(this.#flow.trigger, run.payload, this.#settings.aroundBody?.(run)),
    };
    this.#states.set(run, state);
    Object.assign(run, { status: 'RUNNING', failed_step: null, error: null });
    this.#tell('run_started', run, finished ? `${run.name} goes on` : `${run.name} starts`);
    const process = this.#sandbox.begin(run);
    const life: Life = { process, waits: false, code: null, execution: null };
    this.#lives.set(run, life);
    const floor = {
      settings: this.#settings,
      nested: this.#nested,
      clock: this.#clock,
      calls: this.#calls,
      tell: this.#tell,
      redact: this.#redact,
    };
    const flow = this.#settings.flowOf?.(run) ?? this.#flow;
    new Interpreter(floor, run, life).run(flow, state).then(
      () => this.#end(run, life, null),
      (error) => this.#end(run, life, error),
    );
  }

  #end(run: Run, life: Life, error: unknown): void {
    // The worker died in the meantime; another has the run.
    if (this.#lives.get(run) !== life) return;
    this.#lives.delete(run);
    // What a step left behind ends with its run.
    life.process.kill();
    if (error === null) {
      run.status = 'SUCCEEDED';
      this.#tell('run_succeeded', run, `${run.name} succeeds`);
    } else if (error instanceof RunFailed) {
      Object.assign(run, { status: 'FAILED', failed_step: error.step, error: error.message });
      this.#tell('run_failed', run, `${run.name} fails at ${error.step}: ${error.message}`);
    } else {
      this.#refusal ??= error;
    }
  }

  #die(run: Run): void {
    const life = this.#lives.get(run);
    this.#lives.delete(run);
    life?.process.kill();
    this.#tell('worker_died', run, `The worker of ${run.name} dies`);
    this.#clock.after(WORKER_LOST_MS, () => this.#start(run, null));
  }

  #fetch(run: Run, sent: Sent, then: (received: Received) => void): void {
    const execution = this.#lives.get(run)?.execution;
    if (!execution) return;
    this.#calls.send(execution, { ...sent, timeout_ms: FETCH_MS }, then);
  }
}

/** A webhook's payload is the body of its request. */
function triggerOutput(
  { piece, trigger }: TriggerStep,
  payload: unknown,
  around: object = { headers: {}, queryParams: {} },
): unknown {
  const isWebhook = piece === null || piece.endsWith('/piece-webhook') || trigger === 'catch_webhook';
  return isWebhook ? { body: payload, ...around } : payload;
}
