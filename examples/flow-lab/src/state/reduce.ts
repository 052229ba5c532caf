// What each thing that happens makes of what the page knows.
import type { Fault, Mended, Opened, Told } from '../lab-types.ts';
import { sameFault } from '../words/faults.ts';
import {
  type Draft,
  IDLE,
  INITIAL,
  type Job,
  type JobName,
  type Problem,
  type SearchPlan,
  type Settings,
  type State,
  type Tab,
  type Version,
} from './types.ts';

export type Happening =
  | { type: 'reading'; name: string }
  | { type: 'opened'; opened: Opened; name: string; isExample: boolean; payload: string }
  | { type: 'fixed'; mended: Mended; edge: string | null }
  | { type: 'refused'; problem: Problem }
  | { type: 'problem_closed' }
  | { type: 'closed' }
  | { type: 'job'; name: JobName; version: number; job: Job<unknown> }
  | { type: 'version_shown'; version: number }
  | { type: 'tab_shown'; tab: Tab }
  | { type: 'settings'; settings: Partial<Settings> }
  | { type: 'drafted'; draft: Draft }
  | { type: 'planned'; plan: Partial<SearchPlan> }
  | { type: 'fault_chosen'; fault: Fault }
  | { type: 'link'; settings: Partial<Settings>; faults: Fault[]; awaited: boolean }
  | { type: 'story'; story: Told | null }
  | { type: 'step'; step: string | null }
  | { type: 'said'; text: string };

export function reduce(state: State, happening: Happening): State {
  switch (happening.type) {
    case 'reading':
      return { ...state, reading: happening.name, problem: null };
    case 'opened':
      return opened(state, happening);
    case 'fixed':
      return fixed(state, happening);
    case 'refused':
      return { ...state, reading: null, problem: happening.problem };
    case 'problem_closed':
      return { ...state, problem: null };
    case 'closed':
      return { ...INITIAL, settings: { ...INITIAL.settings, seed: state.settings.seed } };
    case 'job':
      return withJob(state, happening);
    case 'version_shown':
      return { ...state, shown: happening.version, story: null, step: null };
    case 'tab_shown':
      return { ...state, tab: happening.tab };
    case 'settings':
      return retold(state, happening.settings);
    case 'link': {
      const { settings, faults: chosen, awaited } = happening;
      return { ...retold(state, settings), chosen, awaited, problem: null };
    }
    case 'drafted':
      return { ...state, draft: happening.draft };
    case 'planned':
      return { ...state, plan: { ...state.plan, ...happening.plan } };
    case 'fault_chosen':
      return { ...state, chosen: toggled(state.chosen, happening.fault) };
    case 'story':
      return { ...state, story: happening.story };
    case 'step':
      return { ...state, step: happening.step };
    case 'said':
      return { ...state, said: happening.text };
  }
}

function opened(state: State, { opened, name, isExample, payload }: Happening & { type: 'opened' }): State {
  return {
    ...INITIAL,
    settings: { ...state.settings, payload },
    plan: state.plan,
    chosen: state.chosen,
    fileName: name,
    isExample,
    versions: [versionOf('original', opened)],
  };
}

const NO_JOBS = { tests: IDLE, approaches: IDLE, search: IDLE, combination: IDLE };

/** A fix of a fix takes its place: what is compared is the flow as it came with the best there is. */
function fixed(state: State, { mended, edge }: Happening & { type: 'fixed' }): State {
  const [original] = state.versions;
  if (!original) return state;
  const versions = [original, { ...versionOf('fixed', mended), limits: mended.limits, edge }];
  return { ...state, reading: null, versions, shown: 1, story: null, step: null };
}

function versionOf(kind: Version['kind'], { text, flow, findings }: Opened): Version {
  return { kind, text, flow, findings, limits: [], edge: null, ...NO_JOBS };
}

/** What comes for a version that is gone is dropped by whoever sends it; here only its place is known. */
function withJob(state: State, { name, version, job }: Happening & { type: 'job' }): State {
  const versions = state.versions.map((it, at) => (at === version ? { ...it, [name]: job } : it));
  return { ...state, versions };
}

/** Reports of another scenario would mislead. */
function retold(state: State, settings: Partial<Settings>): State {
  return {
    ...state,
    settings: { ...state.settings, ...settings },
    draft: null,
    story: null,
    versions: state.versions.map((version) => ({ ...version, ...NO_JOBS })),
  };
}

function toggled(faults: Fault[], fault: Fault): Fault[] {
  const others = faults.filter((it) => !sameFault(it, fault));
  return others.length < faults.length ? others : [...faults, fault];
}
