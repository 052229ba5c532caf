// What the page knows. No part of it is of the DOM.
import type {
  Comparison,
  Fault,
  FixLimit,
  Flow,
  Opened,
  ProxyKind,
  SearchOutcome,
  Tested,
  Told,
} from '../lab-types.ts';

/** A refusal, as it is shown. */
export interface Problem {
  code: string;
  field: string | null;
  message: string;
}

/** Work in the worker, and what became of it. */
export type Job<T> =
  | { status: 'idle' }
  | { status: 'running'; done: number; total: number; note: string }
  | { status: 'done'; value: T }
  | { status: 'failed'; problem: Problem }
  | { status: 'cancelled' };

/** What is told to a scenario beside its faults. */
export interface Settings {
  seed: number;
  /** The trigger's payload as JSON text, which the user may edit. */
  payload: string;
  proxy: ProxyKind | null;
  /** The vault key's daily cap in whole US dollars; null for what is owed. */
  cap: number | null;
}

/** Settings as they are being typed. */
export type Draft = Record<'payload' | 'seed' | 'proxy' | 'cap', string>;

/** What a search is asked for. */
export interface SearchPlan {
  depth: number;
  combinations: number;
}

/** A flow as it was dropped, or mended. */
export interface Version {
  kind: 'original' | 'fixed';
  text: string;
  flow: Flow;
  findings: Opened['findings'];
  /** What a mended flow cannot promise. */
  limits: FixLimit[];
  /** The base URL of the edge that a mended flow goes through. */
  edge: string | null;
  tests: Job<Tested>;
  approaches: Job<Comparison>;
  search: Job<SearchOutcome>;
  /** A combination that the user put together. */
  combination: Job<Told>;
}

/** The parts of a version that are work in the worker. */
export type JobName = 'tests' | 'approaches' | 'search' | 'combination';

export type Tab = 'faults' | 'findings' | 'approaches' | 'search';

export interface State {
  /** A file that is being read. */
  reading: string | null;
  problem: Problem | null;
  fileName: string;
  /** Whether the flow is the published one rather than the user's. */
  isExample: boolean;
  /** The flow as it is, and the mended one behind it. */
  versions: Version[];
  /** Which of them is looked at. */
  shown: number;
  tab: Tab;
  settings: Settings;
  /** What is typed into the settings and not yet tested with. */
  draft: Draft | null;
  plan: SearchPlan;
  /** For a combination of the user's own. */
  chosen: Fault[];
  /** Whether they came by a link without a flow, and happen to the next that is opened. */
  awaited: boolean;
  /** The scenario whose runs are looked at. */
  story: Told | null;
  /** A step that is pointed at from elsewhere. */
  step: string | null;
  /** For a screen reader to say. */
  said: string;
}

export const IDLE = { status: 'idle' } as const;

export const INITIAL: State = {
  reading: null,
  problem: null,
  fileName: '',
  isExample: false,
  versions: [],
  shown: 0,
  tab: 'faults',
  settings: { seed: 1, payload: '', proxy: null, cap: null },
  draft: null,
  plan: { depth: 2, combinations: 1000 },
  chosen: [],
  awaited: false,
  story: null,
  step: null,
  said: '',
};

export const shownVersion = (state: State): Version | null => state.versions[state.shown] ?? null;

/** What the tests of a version came to, when they are through. */
export const testedOf = (version: Version | null): Tested | null =>
  version?.tests.status === 'done' ? version.tests.value : null;
