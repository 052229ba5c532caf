// What the page asks its worker, and what comes back. All of it can be cloned.
import type {
  Comparison,
  Mended,
  Opened,
  Scenario,
  SearchOutcome,
  Tested,
  Told,
  WorldOptions,
} from '../lab-types.ts';
import type { Problem } from '../state/types.ts';

/** A flow, and the world that it runs in. */
export interface Subject {
  text: string;
  seed: number;
  world: WorldOptions;
}

/** What is to be mended. */
export interface Fix {
  text: string;
  /** One finding by its place among the findings, or all that can be mended. */
  which: number | 'all';
  /** The base URL of the user's own edge, where calls are to go through it. */
  edge: string | null;
  payload: unknown;
}

/** What each question is given, and gives. */
export interface Questions {
  open: { given: { source: Blob | string }; gives: Opened };
  fix: { given: Fix; gives: Mended };
  /** The flow's text as it may be passed on. */
  passed_on: { given: { text: string }; gives: string };
  test: { given: Subject; gives: Tested };
  run: { given: { subject: Subject; scenario: Scenario }; gives: Told };
  compare: { given: Subject; gives: Comparison };
  search: { given: { subject: Subject; depth: number; combinations: number }; gives: SearchOutcome };
}

export type Question = keyof Questions;

/** From the page. */
export type Asked =
  | { [Q in Question]: { id: number; question: Q; given: Questions[Q]['given'] } }[Question]
  | { id: number; question: 'cancel' };

/** From the worker. */
export type Heard =
  | { id: number; kind: 'progress'; done: number; total: number; note: string }
  | { id: number; kind: 'answer'; answer: unknown }
  | { id: number; kind: 'refused'; problem: Problem };
