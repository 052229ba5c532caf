// What a user can do: each asks the worker where that is needed, and tells the state what happened.
import { type Desk, Refusal } from '../desk/client.ts';
import type { Subject } from '../desk/words.ts';
import type { Fault, Told } from '../lab-types.ts';
import { spoken } from '../words/verdict.ts';
import { fragmentOf, type Shared } from './link.ts';
import { type Happening, reduce } from './reduce.ts';
import {
  INITIAL,
  type Job,
  type JobName,
  type Problem,
  type Settings,
  type State,
  shownVersion,
  type Tab,
} from './types.ts';

/** The published flow, and its event. */
export interface Example {
  text: string;
  name: string;
  payload: string;
}

export interface Session {
  state(): State;
  subscribe(told: () => void): () => void;
  open(source: Blob | string, name: string): Promise<void>;
  openExample(): Promise<void>;
  close(): void;
  refuse(problem: Problem): void;
  closeProblem(): void;
  cancelReading(): void;
  test(): Promise<void>;
  compare(): Promise<void>;
  search(depth: number, combinations: number): Promise<void>;
  runChosen(): Promise<void>;
  cancel(name: JobName): void;
  /** @param edge The base URL of the user's own edge, where calls are to go through it. */
  fix(which: number | 'all', edge?: string | null): Promise<void>;
  fixedText(which: number): Promise<string | null>;
  choose(fault: Fault): void;
  show(version: number): void;
  showTab(tab: Tab): void;
  showStory(story: Told | null): void;
  pointAt(step: string | null): void;
  set(settings: Partial<Settings>): void;
  say(text: string): void;
  /** The link's fragment. */
  share(withFlow: boolean): Promise<string>;
  take(shared: Shared): Promise<void>;
}

export function openSession(desk: Desk, example: Example): Session {
  let state = INITIAL;
  const readers = new Set<() => void>();
  const running = new Map<string, AbortController>();
  let reading: AbortController | null = null;

  const happen = (happening: Happening): void => {
    state = reduce(state, happening);
    for (const told of readers) told();
  };

  const stopAll = (): void => {
    for (const cancel of running.values()) cancel.abort();
    running.clear();
  };

  /** One thing is read at a time: what was being read before is given up. */
  async function read<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    reading?.abort();
    const mine = new AbortController();
    reading = mine;
    happen({ type: 'reading', name });
    try {
      return await work(mine.signal);
    } catch (error) {
      if (reading === mine) happen({ type: 'refused', problem: problemOf(error) });
      return null;
    } finally {
      if (reading === mine) reading = null;
    }
  }

  /** Work of one version; a second of its kind takes its place. */
  async function work<T>(
    name: JobName,
    ask: (subject: Subject, talk: Parameters<Desk['ask']>[2]) => Promise<T>,
  ): Promise<T | null> {
    const version = state.shown;
    const subject = subjectOf(state);
    if (!subject) return null;
    const slot = `${version} ${name}`;
    running.get(slot)?.abort();
    const mine = new AbortController();
    running.set(slot, mine);
    const tell = (job: Job<T>): void => {
      if (running.get(slot) === mine) happen({ type: 'job', name, version, job });
    };
    tell({ status: 'running', done: 0, total: 0, note: '' });
    const progress = (done: number, total: number, note: string): void =>
      tell({ status: 'running', done, total, note });
    try {
      const value = await ask(subject, { signal: mine.signal, progress });
      tell({ status: 'done', value });
      return value;
    } catch (error) {
      tell(mine.signal.aborted ? { status: 'cancelled' } : { status: 'failed', problem: problemOf(error) });
      return null;
    }
  }

  async function open(source: Blob | string, name: string, isExample: boolean): Promise<void> {
    const opened = await read(name, (signal) => desk.ask('open', { source }, { signal }));
    if (!opened) return;
    stopAll();
    const payload = isExample ? example.payload : opened.payload;
    happen({ type: 'opened', opened, name, isExample, payload });
    await session.test();
  }

  const session: Session = {
    state: () => state,
    subscribe(told) {
      readers.add(told);
      return () => readers.delete(told);
    },
    open: (source, name) => open(source, name, false),
    openExample: () => open(example.text, example.name, true),
    close() {
      stopAll();
      happen({ type: 'closed' });
    },
    refuse: (problem) => happen({ type: 'refused', problem }),
    closeProblem: () => happen({ type: 'problem_closed' }),
    cancelReading() {
      reading?.abort();
      reading = null;
      happen({
        type: 'refused',
        problem: { code: 'cancelled', field: null, message: 'Reading was cancelled.' },
      });
    },
    async test() {
      const tested = await work('tests', (subject, talk) => desk.ask('test', subject, talk));
      if (tested) happen({ type: 'said', text: spoken(tested) });
    },
    async compare() {
      await work('approaches', (subject, talk) => desk.ask('compare', subject, talk));
    },
    async search(depth, combinations) {
      await work('search', (subject, talk) => desk.ask('search', { subject, depth, combinations }, talk));
    },
    async runChosen() {
      const scenario = { seed: state.settings.seed, faults: state.chosen };
      const told = await work('combination', (subject, talk) => desk.ask('run', { subject, scenario }, talk));
      if (told) happen({ type: 'story', story: told });
    },
    cancel(name) {
      running.get(`${state.shown} ${name}`)?.abort();
    },
    async fix(which, edge = null) {
      // With an edge it is the flow as it came that is mended: what was mended without one goes to Stripe itself.
      const version = edge === null ? shownVersion(state) : state.versions[0];
      if (!version) return;
      const asked = { text: version.text, which, edge, payload: payloadOf(state) };
      const mended = await read('the fixed flow', (signal) => desk.ask('fix', asked, { signal }));
      if (!mended) return;
      stopAll();
      happen({ type: 'fixed', mended, edge });
      await session.test();
    },
    async fixedText(which) {
      const version = shownVersion(state);
      if (!version) return null;
      try {
        const asked = { text: version.text, which, edge: null, payload: payloadOf(state) };
        return (await desk.ask('fix', asked)).text;
      } catch (error) {
        happen({ type: 'refused', problem: problemOf(error) });
        return null;
      }
    },
    choose: (fault) => happen({ type: 'fault_chosen', fault }),
    show: (version) => happen({ type: 'version_shown', version }),
    showTab: (tab) => happen({ type: 'tab_shown', tab }),
    showStory: (story) => happen({ type: 'story', story }),
    pointAt: (step) => happen({ type: 'step', step }),
    set(settings) {
      stopAll();
      happen({ type: 'settings', settings });
    },
    say: (text) => happen({ type: 'said', text }),
    async share(withFlow) {
      const { seed, proxy, cap } = state.settings;
      const faults = state.story?.report.scenario.faults ?? state.chosen;
      return fragmentOf({ faults, seed, proxy, cap, flow: await sharedFlow(withFlow) });
    },
    async take({ faults, seed, proxy, cap, flow }) {
      happen({ type: 'settings', settings: { seed, proxy, cap } });
      happen({ type: 'faults_chosen', faults });
      if (flow?.kind === 'example') await session.openExample();
      if (flow?.kind === 'text') await session.open(flow.text, 'the link’s flow');
      if (flow && faults.length > 0) await session.runChosen();
    },
  };

  async function sharedFlow(withFlow: boolean): Promise<Shared['flow']> {
    if (state.isExample) return { kind: 'example' };
    const [original] = state.versions;
    if (!withFlow || !original) return null;
    return { kind: 'text', text: await desk.ask('passed_on', { text: original.text }) };
  }

  return session;
}

/** What stands in the editor is JSON, or nothing. */
const payloadOf = ({ settings }: State): unknown =>
  settings.payload.trim() === '' ? undefined : (JSON.parse(settings.payload) as unknown);

function subjectOf(state: State): Subject | null {
  const version = shownVersion(state);
  if (!version) return null;
  const { seed, cap } = state.settings;
  const proxy = version.edge === null ? state.settings.proxy : 'billonce_edge';
  const payload = payloadOf(state);
  return {
    text: version.text,
    seed,
    world: {
      ...(payload === undefined ? {} : { payload }),
      ...(proxy ? { proxy } : {}),
      ...(cap === null ? {} : { policy: { allowed_endpoints: CHARGES, daily_usd_cap: cap } }),
    },
  };
}

const CHARGES = ['POST /v1/charges', 'POST /v1/payment_intents'];

function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  return {
    code: 'internal_error',
    field: null,
    message: 'The page failed at this. That is a defect of the page, not of your flow.',
  };
}
