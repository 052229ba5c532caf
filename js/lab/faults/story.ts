// One scenario, from the first delivery until nothing is left to happen.
import { BillonceError } from '../../index.ts';
import type { CallFate, FlowLab, LabSettings, Run, StripeCallMade } from '../run/lab.ts';
import type { Fault, TimelineEvent } from '../run/types.ts';
import type { Flow } from '../types.ts';
import type { World } from '../world/types.ts';
import { FAULTS } from './catalogue.ts';
import { deliveriesOf } from './deliveries.ts';
import { Orders } from './orders.ts';
import { reformatted } from './period-edit.ts';
import { aroundBody } from './sample.ts';
import { Slack } from './slack.ts';
import { Strikes } from './strikes.ts';
import type { Subject } from './subject.ts';
import { MOST_RETRIES, waysOf } from './ways.ts';

/** What a call was made for: the same in whichever run, and in whichever order its list came. */
export interface Meant {
  event: number;
  place: string;
  /** Which time the event's steps ran, from 1. */
  execution: number;
}

export interface Told {
  lab: FlowLab;
  deliveries: number;
  meant: ReadonlyMap<StripeCallMade, Meant>;
  /** Events of which a run failed and nobody retried it any more. */
  failed: ReadonlySet<number>;
  timeline: TimelineEvent[];
}

/** One event: its runs, and what is still to go wrong with them. */
interface Thread {
  event: number;
  executions: number;
  strikes: Strikes;
  orders: Orders;
  slack: Slack;
}

/** A run's place in it. */
interface Part {
  thread: Thread;
  execution: number;
  retries: number;
  /** Of all its loops together. */
  items: number;
}

/** A run is repeated for each fault, and each of its items is kept in each report. */
const MOST_ITEMS = 2_000;

function tooManyItems(step: string, items: number): BillonceError {
  const most = MOST_ITEMS.toLocaleString('en-US');
  const message = `${step} goes through ${items.toLocaleString('en-US')} items; faults are tried with up to ${most} of them in a run: give fewer, which go wrong in the same ways`;
  return new BillonceError('input_too_large', step, message);
}

export type Open = (settings: LabSettings) => FlowLab;

/** @param quiet Keeps no timeline. */
export async function tellStory(
  subject: Subject,
  faults: readonly Fault[],
  world: World,
  open: Open,
  { quiet = false } = {},
): Promise<Told> {
  const story = new Story(subject, faults, world, quiet);
  await story.play(open);
  return story;
}

class Story implements Told {
  lab!: FlowLab;
  deliveries = 0;
  readonly meant = new Map<StripeCallMade, Meant>();
  readonly failed = new Set<number>();
  readonly timeline: TimelineEvent[] = [];
  readonly #subject: Subject;
  readonly #faults: readonly Fault[];
  readonly #world: World;
  readonly #start: number;
  readonly #threads: Thread[];
  readonly #parts = new Map<string, Part>();
  readonly #has: (name: Fault['name']) => boolean;

  readonly #quiet: boolean;

  constructor(subject: Subject, faults: readonly Fault[], world: World, quiet: boolean) {
    this.#quiet = quiet;
    this.#subject = subject;
    this.#faults = faults;
    this.#world = world;
    this.#start = world.now();
    this.#has = (name) => faults.some((fault) => fault.name === name);
    this.#threads = subject.payloads.map((_, event) => ({
      event,
      executions: 0,
      strikes: new Strikes(faults, subject.places),
      orders: new Orders(this.#has('list_reordered')),
      slack: new Slack(faults, subject),
    }));
  }

  async play(open: Open): Promise<void> {
    const { flow, connections, outputs, around, between_ms } = this.#subject;
    this.lab = open({
      flow,
      world: this.#world,
      connections,
      outputs,
      answerOf: (url, run) => this.#answer(url, run),
      aroundBody: (run) => aroundBody(around, this.#part(run).thread.event),
      fateOf: (call) => this.#fate(call),
      inputOf: (step, input, run) => this.#input(step.name, input, run),
      itemsOf: (step, items, run) => this.#items(step.name, items, run),
      flowOf: (run) => this.#flowOf(run),
      tell: (event) => this.#hear(event),
    });
    for (const { event, at, again } of deliveriesOf(this.#threads.length, this.#faults, between_ms)) {
      const thread = this.#threads[event] as Thread;
      const run = this.lab.deliver(this.#subject.payloads[event], at);
      this.#begin(run, thread, 0);
      this.deliveries += 1;
      if (again) this.#note(at, run, `The event is ${again}.`);
    }
    await this.lab.settle();
    this.timeline.sort((one, other) => one.at - other.at);
  }

  #begin(run: Run, thread: Thread, retries: number): void {
    thread.executions += 1;
    this.#parts.set(run.name, { thread, execution: thread.executions, retries, items: 0 });
  }

  #part = (run: Run): Part => this.#parts.get(run.name) as Part;

  #fate(call: StripeCallMade): CallFate {
    const part = this.#part(call.run);
    const { thread, execution } = part;
    const loops = this.#subject.loops.get(call.step) ?? [];
    const indexes = thread.orders.original(loops, call.loop_index, execution);
    const place = placeOf(call, indexes);
    this.meant.set(call, { event: thread.event, place, execution });
    const now = this.#world.now();
    const struck =
      thread.strikes.at(place, now, call.idempotency_key !== null) ??
      thread.slack.strikeInstead(place, this.#subject.last_billing, execution);
    if (!struck) return {};
    this.#note(now - this.#start, call.run, FAULTS[struck.fault].what, call);
    // Its run begins again by itself, and may find another list then.
    if (struck.fate.worker_dies) this.#rerun(part);
    return struck.fate;
  }

  #rerun(part: Part): void {
    part.thread.executions += 1;
    part.execution = part.thread.executions;
    part.items = 0;
  }

  #answer(url: string, run: Run): { status: number; body: unknown } {
    const { thread } = this.#part(run);
    const charged = this.lab
      .calls()
      .some((call) => call.run === run && (call.effect === 'charged' || call.effect === 'replayed'));
    const down = thread.slack.isDown(this.#world.now(), charged);
    if (!down) return this.#subject.answerOf(url);
    this.#note(this.#world.now() - this.#start, run, 'This host answers 503.');
    return { status: 503, body: 'Service Unavailable' };
  }

  #input(step: string, input: unknown, run: Run): unknown {
    this.#subject.sees?.(step, input);
    if (!this.#has('period_reformatted') || this.#part(run).execution === 1) return input;
    return reformatted(this.#subject.inputs.get(step), input);
  }

  #items(step: string, items: unknown[], run: Run): unknown[] {
    const part = this.#part(run);
    part.items += items.length;
    if (part.items > MOST_ITEMS) throw tooManyItems(step, items.length);
    return part.thread.orders.itemsOf(step, items, part.execution);
  }

  #flowOf(run: Run): Flow {
    const { flow, renamed } = this.#subject;
    return renamed && this.#has('field_renamed') && this.#part(run).execution > 1 ? renamed : flow;
  }

  #hear(event: TimelineEvent): void {
    if (!this.#quiet) this.timeline.push(event);
    if (event.kind !== 'run_failed') return;
    const run = this.lab.runs().find(({ name }) => name === event.run);
    const part = run && this.#parts.get(run.name);
    if (!run || !part) return;
    const { thread } = part;
    thread.slack.aRunFailed();
    if (part.retries >= MOST_RETRIES) {
      this.failed.add(thread.event);
      return;
    }
    const { ways } = waysOf(this.#faults);
    const way = ways[Math.min(part.retries, ways.length - 1)] ?? ways[0];
    if (!way) return;
    const again = this.lab.retry(run, way.from, way.after_ms);
    if (again === run) {
      part.retries += 1;
      part.items = 0;
    } else {
      this.#begin(again, thread, part.retries + 1);
    }
  }

  #note(at: number, run: Run, text: string, call?: StripeCallMade): void {
    if (this.#quiet) return;
    const where = call ? { step: call.step, loop_index: call.loop_index } : {};
    this.timeline.push({ at, kind: 'fault', run: run.name, ...where, text });
  }
}

/** As the runner writes a place: `"step_2[1]#1"`. */
export function placeOf({ step, place }: StripeCallMade, indexes: readonly number[]): string {
  return `${step}${indexes.map((index) => `[${index}]`).join('')}${place.slice(place.lastIndexOf('#'))}`;
}
