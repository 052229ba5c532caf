// One run of a flow: its steps in their order. Semantics are those of Activepieces' engine 0.85.
import { BillonceError } from '../../index.ts';
import { StepError, type WorkerProcess } from '../sandbox/sandbox.ts';
import type { CodeStep, Flow, FlowStep, LoopStep, PieceStep, RouterStep } from '../types.ts';
import { type Calls, type Execution, newExecution } from './calls.ts';
import type { Clock } from './clock.ts';
import { ConditionError, holds } from './conditions.ts';
import type { Teller } from './events.ts';
import { PieceError } from './http-piece.ts';
import type { LabSettings, Run } from './lab.ts';
import { runPiece } from './pieces.ts';
import { resolve, type Scope } from './resolve.ts';
import { type Frame, type LoopOutput, newFrame, type Place } from './state.ts';

/** What every run of a lab shares. */
export interface Floor {
  settings: LabSettings;
  nested: boolean;
  clock: Clock;
  calls: Calls;
  tell: Teller;
  redact: (text: string) => string;
}

/** What is known of a run that is under way, while its worker lives. */
export interface Life {
  process: WorkerProcess;
  /** It waits for the world, or for the code of a step. */
  waits: boolean;
  /** The Code step that it is in, and since when. */
  code: { step: string; since: number } | null;
  /** The last execution of a Code step: what its code sends is counted there. */
  execution: Execution | null;
}

/** A step failed, and with it the run. */
export class RunFailed extends Error {
  readonly step: string;
  constructor(step: string, message: string) {
    super(message);
    this.step = step;
  }
}

/** Waits before the second, third and fourth attempt. */
const BACKOFF_MS = [4_000, 8_000, 16_000];
/** No run on a server, which has ten minutes for it, comes near. */
const MOST_STEPS = 1_000_000;
/** Of all runs of a scenario, such as the 24 of an hourly schedule: a thread has memory for little more. */
const MOST_CALLS = 150_000;

const tooMany = (step: string, most: number, what: string): BillonceError => {
  const message = `${step} comes after ${most.toLocaleString('en-US')} ${what}: give fewer items`;
  return new BillonceError('input_too_large', step, message);
};

export class Interpreter {
  readonly #floor: Floor;
  readonly #run: Run;
  readonly #life: Life;
  #steps = 0;

  constructor(floor: Floor, run: Run, life: Life) {
    this.#floor = floor;
    this.#run = run;
    this.#life = life;
  }

  /** @throws {RunFailed} where a step fails. */
  run(flow: Flow, state: Frame): Promise<void> {
    return this.#chain(flow.steps, { frames: [state], indices: [] });
  }

  async #chain(steps: readonly FlowStep[], place: Place): Promise<void> {
    for (const step of steps) {
      if (step.skip) continue;
      this.#count(step);
      if (step.type === 'loop') await this.#loop(step, place);
      else if (step.type === 'router') await this.#router(step, place);
      else await this.#action(step, place);
    }
  }

  /** Steps, and the items of loops: each is kept, as in a run's log. */
  #count({ name }: FlowStep): void {
    if (++this.#steps > MOST_STEPS) throw tooMany(name, MOST_STEPS, 'steps and items of loops in one run');
    if (this.#floor.calls.made.length > MOST_CALLS) throw tooMany(name, MOST_CALLS, 'calls in one scenario');
  }

  async #loop(step: LoopStep, place: Place): Promise<void> {
    const { settings } = this.#floor;
    const frame = innermost(place);
    const given = this.#resolve(step.items, place, step.name);
    const before = frame[step.name]?.output as LoopOutput | undefined;
    const output: LoopOutput = before ?? { item: undefined, index: 0, iterations: [] };
    const record = { status: 'SUCCEEDED' as const, output };
    frame[step.name] = record;
    const at = { step: step.name, indices: place.indices };
    this.#floor.tell('step_started', this.#run, step.title, at);
    if (!Array.isArray(given)) {
      frame[step.name] = { ...record, status: 'FAILED' };
      throw this.#failed(step, place, 'The items you have selected must be a list.');
    }
    const items = settings.itemsOf?.({ name: step.name }, given, this.#run) ?? given;
    for (const [number, item] of items.entries()) {
      this.#count(step);
      output.item = item;
      output.index = number + 1;
      output.iterations[number] ??= newFrame();
      const inner = {
        frames: [...place.frames, output.iterations[number]],
        indices: [...place.indices, number + 1],
      };
      await this.#chain(step.steps, inner);
    }
    this.#floor.tell('step_succeeded', this.#run, `${items.length} items`, at);
  }

  async #router(step: RouterStep, place: Place): Promise<void> {
    const at = { step: step.name, indices: place.indices };
    this.#floor.tell('step_started', this.#run, step.title, at);
    const hold = step.branches.map(({ fallback, conditions }) =>
      fallback ? false : this.#holds(step, conditions, place),
    );
    const none = !hold.some(Boolean);
    const runs = step.branches.map(({ fallback }, number) => (fallback ? none : (hold[number] as boolean)));
    const branches = step.branches.map(({ name }, number) => ({
      branchName: name,
      branchIndex: number + 1,
      evaluation: runs[number],
    }));
    innermost(place)[step.name] = { status: 'SUCCEEDED', output: { branches } };
    const taken = step.branches.filter((_, number) => runs[number]);
    const chosen = step.execution === 'first_match' ? taken.slice(0, 1) : taken;
    const names = chosen.map(({ name }) => name).join(', ');
    this.#floor.tell('step_succeeded', this.#run, names === '' ? 'No branch' : names, at);
    for (const { steps } of chosen) await this.#chain(steps, place);
  }

  #holds(step: RouterStep, conditions: unknown, place: Place): boolean {
    try {
      return holds(this.#resolve(conditions, place, step.name), step.name);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      innermost(place)[step.name] = { status: 'FAILED', output: undefined };
      throw this.#failed(step, place, error.message);
    }
  }

  async #action(step: CodeStep | PieceStep, place: Place): Promise<void> {
    const { tell, clock, redact } = this.#floor;
    const frame = innermost(place);
    if (frame[step.name]) return;
    const at = { step: step.name, indices: place.indices };
    const waits = step.retry_on_failure ? BACKOFF_MS : [];
    for (let attempt = 0; ; attempt++) {
      tell(
        'step_started',
        this.#run,
        attempt === 0 ? step.title : `${step.title}, attempt ${attempt + 1}`,
        at,
      );
      try {
        const output = await this.#attempt(step, place);
        frame[step.name] = { status: 'SUCCEEDED', output };
        tell('step_succeeded', this.#run, step.title, at);
        return;
      } catch (error) {
        if (!(error instanceof StepError || error instanceof PieceError)) throw error;
        const wait = waits[attempt];
        if (wait !== undefined) {
          tell('step_failed', this.#run, redact(error.message), at);
          await this.#waiting<void>((then) => clock.after(wait, () => then()));
          continue;
        }
        frame[step.name] = { status: 'FAILED', output: undefined, errorMessage: error.message };
        const failed = this.#failed(step, place, error.message);
        if (!step.continue_on_failure) throw failed;
        return;
      }
    }
  }

  async #attempt(step: CodeStep | PieceStep, place: Place): Promise<unknown> {
    const { settings, calls, clock } = this.#floor;
    const resolved = this.#resolve(step.input, place, step.name);
    const given = settings.inputOf?.({ name: step.name, type: step.type }, resolved, this.#run) ?? resolved;
    const input = given as Record<string, unknown>;
    const execution = newExecution(this.#run, { step: step.name, indices: place.indices });
    if (step.type === 'piece') {
      return runPiece(step, input, {
        send: (request, again) => this.#waiting((then) => calls.send(execution, request, then, again)),
        boundary: () => `--------------------------${digits(clock)}`,
        outputs: settings.outputs,
      });
    }
    this.#life.execution = execution;
    this.#life.code = { step: step.name, since: clock.world.now() };
    return this.#waiting((then, fail) => this.#life.process.run(step, input, then, fail));
  }

  /** The run waits from now on, until one of the two is called. */
  #waiting<T>(begin: (then: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const life = this.#life;
      const goesOn = () => {
        life.waits = false;
        life.code = null;
      };
      life.waits = true;
      const fail = (error: Error) => {
        goesOn();
        reject(error);
      };
      try {
        begin((value) => {
          goesOn();
          resolve(value);
        }, fail);
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  #failed(step: FlowStep, { indices }: Place, message: string): RunFailed {
    const told = this.#floor.redact(message);
    this.#floor.tell('step_failed', this.#run, told, { step: step.name, indices });
    return new RunFailed(step.name, told);
  }

  #resolve(input: unknown, place: Place, step: string): unknown {
    const scope: Scope = {
      nested: this.#floor.nested,
      connections: this.#floor.settings.connections,
      evaluate: (expression, variables) => this.#life.process.evaluate(expression, variables, step),
    };
    return resolve(input, place, scope);
  }
}

const innermost = ({ frames }: Place): Frame => frames[frames.length - 1] as Frame;

const digits = ({ world }: Clock): string => Array.from({ length: 24 }, () => world.random(10)).join('');
