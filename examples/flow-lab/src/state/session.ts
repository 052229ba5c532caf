// What a user can do: each asks the worker where that is needed, and tells the state what happened.
import { type Desk, Refusal } from '../desk/client.ts';
import type { Subject } from '../desk/words.ts';
import type { Fault, Tested, Told } from '../lab-types.ts';
import { searchSpoken, spoken } from '../words/verdict.ts';
import { fragmentOf, type Shared } from './link.ts';
import { type Happening, reduce } from './reduce.ts';
import {
  type Draft,
  INITIAL,
  type Job,
  type JobName,
  type Problem,
  type SearchPlan,
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
  /** As it is planned. */
  search(): Promise<void>;
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
  draft(draft: Draft): void;
  plan(plan: Partial<SearchPlan>): void;
  say(text: string): void;
  /** The link's fragment. With the flow it has the one that is looked at, as it came or mended. */
  share(withFlow: boolean): Promise<string>;
  take(shared: Shared): Promise<void>;
}

/** The place of the mended flow among the versions. */
const FIXED = 1;

export function openSession(desk: Desk, example: Example): Session {
  let state = INITIAL;
  const readers = new Set<() => void>();
  const running = new Map<string, AbortController>();
  let reading: AbortController | null = null;
  /** How many were opened or closed. */
  let flows = 0;

  const happen = (happening: Happening): void => {
    state = reduce(state, happening);
    for (const told of readers) told();
  };

  /** Ends the work of one version, or of all: what still comes of it is dropped. */
  const stop = (which?: number): void => {
    for (const [slot, cancel] of running) {
      if (which !== undefined && !slot.startsWith(`${which} `)) continue;
      running.delete(slot);
      cancel.abort();
    }
  };

  const stopReading = (): void => {
    reading?.abort();
    reading = null;
  };

  /** One thing is read at a time: what was being read before is given up, and dropped if it comes all the same. */
  async function read<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    stopReading();
    const mine = new AbortController();
    reading = mine;
    happen({ type: 'reading', name });
    try {
      const answer = await work(mine.signal);
      return reading === mine ? answer : null;
    } catch (error) {
      if (reading === mine) happen({ type: 'refused', problem: problemOf(error) });
      return null;
    } finally {
      if (reading === mine) reading = null;
    }
  }

  /** Work of one version; a second of its kind takes its place. Null where it failed, or nobody waits for it any more. */
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
    const isMine = (): boolean => running.get(slot) === mine;
    const tell = (job: Job<T>): void => {
      if (isMine()) happen({ type: 'job', name, version, job });
    };
    tell({ status: 'running', done: 0, total: 0, note: '' });
    const progress = (done: number, total: number, note: string): void =>
      tell({ status: 'running', done, total, note });
    try {
      const value = await ask(subject, { signal: mine.signal, progress });
      tell({ status: 'done', value });
      return isMine() ? value : null;
    } catch (error) {
      tell(mine.signal.aborted ? { status: 'cancelled' } : { status: 'failed', problem: problemOf(error) });
      return null;
    } finally {
      if (isMine()) running.delete(slot);
    }
  }

  /** @param runs Whether the chosen faults are let happen as soon as it is tested, unless another was opened by then. */
  async function open(
    source: Blob | string,
    name: string,
    { isExample = false, runs = state.awaited }: { isExample?: boolean; runs?: boolean } = {},
  ): Promise<void> {
    const opened = await read(name, (signal) => desk.ask('open', { source }, { signal }));
    if (!opened) return;
    stop();
    flows += 1;
    const mine = flows;
    const payload = isExample ? example.payload : opened.payload;
    happen({ type: 'opened', opened, name, isExample, payload });
    const tested = await test();
    if (tested && runs && mine === flows) await session.runChosen();
  }

  async function test(): Promise<Tested | null> {
    // Else the same sentence a second time would not be a change, and not be said.
    happen({ type: 'said', text: 'Testing.' });
    const tested = await work('tests', (subject, talk) => desk.ask('test', subject, talk));
    if (tested) happen({ type: 'said', text: spoken(tested) });
    return tested;
  }

  const session: Session = {
    state: () => state,
    subscribe(told) {
      readers.add(told);
      return () => readers.delete(told);
    },
    open: (source, name) => open(source, name),
    openExample: () => open(example.text, example.name, { isExample: true }),
    close() {
      flows += 1;
      stop();
      stopReading();
      happen({ type: 'closed' });
    },
    refuse: (problem) => happen({ type: 'refused', problem }),
    closeProblem: () => happen({ type: 'problem_closed' }),
    cancelReading() {
      stopReading();
      happen({
        type: 'refused',
        problem: { code: 'cancelled', field: null, message: 'Reading was cancelled.' },
      });
    },
    async test() {
      await test();
    },
    async compare() {
      const compared = await work('approaches', (subject, talk) => desk.ask('compare', subject, talk));
      if (compared) happen({ type: 'said', text: 'Compared.' });
    },
    async search() {
      const { plan } = state;
      const outcome = await work('search', (subject, talk) => desk.ask('search', { subject, ...plan }, talk));
      if (outcome) happen({ type: 'said', text: searchSpoken(outcome) });
    },
    async runChosen() {
      const { shown } = state;
      const scenario = { seed: state.settings.seed, faults: state.chosen };
      const told = await work('combination', (subject, talk) => desk.ask('run', { subject, scenario }, talk));
      // A story of a flow that is no longer looked at would be taken for one of the flow that is.
      if (told && state.shown === shown) happen({ type: 'story', story: told });
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
      // The flow as it came goes on being tested: the two are compared.
      stop(FIXED);
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
      stop();
      happen({ type: 'settings', settings });
    },
    draft: (draft) => happen({ type: 'drafted', draft }),
    plan: (plan) => happen({ type: 'planned', plan }),
    say: (text) => happen({ type: 'said', text }),
    async share(withFlow) {
      const { seed, proxy, cap } = state.settings;
      const scenario = state.story?.report.scenario ?? { seed, faults: state.chosen };
      const flow = await sharedFlow(withFlow);
      const edge = flow?.kind === 'text' ? shownVersion(state)?.edge : null;
      return fragmentOf({ ...scenario, proxy: edge ? 'billonce_edge' : proxy, cap, flow });
    },
    async take({ faults, seed, proxy, cap, flow }) {
      stop();
      const runs = faults.length > 0;
      const isOpen = state.versions.length > 0;
      happen({ type: 'link', settings: { seed, proxy, cap }, faults, awaited: runs && !isOpen && !flow });
      if (flow?.kind === 'example') await open(example.text, example.name, { isExample: true, runs });
      else if (flow) await open(flow.text, 'the link’s flow', { runs });
      else if (isOpen && (await test()) && runs) await session.runChosen();
    },
  };

  /** What is looked at; the published flow needs no text. */
  async function sharedFlow(withFlow: boolean): Promise<Shared['flow']> {
    const version = shownVersion(state);
    const isPublished = state.isExample && (version?.kind === 'original' || !withFlow);
    if (isPublished) return { kind: 'example' };
    if (!withFlow || !version) return null;
    return { kind: 'text', text: await desk.ask('passed_on', { text: version.text }) };
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
