// The timeline as lanes: one for what comes from outside, one for each run, one for Stripe. Places are by order, since the times lie
// milliseconds and days apart; where much time goes by, the gap says how much.
import type { TimelineEvent } from '../lab-types.ts';
import { AT_STRIPE } from './events.ts';

export interface Mark {
  /** Which of the events it is. */
  at: number;
  kind: TimelineEvent['kind'];
  lane: number;
  /** From 0. */
  column: number;
}

export interface Lanes {
  names: string[];
  marks: Mark[];
  /** A run's first and last column. */
  spans: { lane: number; from: number; to: number }[];
  /** From a run to Stripe, in a column. */
  links: { column: number; from: number; to: number }[];
  /** Before which column how many milliseconds go by. */
  gaps: { column: number; ms: number }[];
  columns: number;
}

const OUTSIDE = 'Outside';
const STRIPE = 'Stripe';

/** What is shorter is not worth a word. */
const GAP_MS = 10_000;

export function lanesOf(events: readonly TimelineEvent[]): Lanes {
  const runs = [...new Set(events.flatMap(({ run }) => (run === undefined ? [] : [run])))];
  const names = [OUTSIDE, ...runs, STRIPE];
  const laneOf = (event: TimelineEvent): number => {
    if (AT_STRIPE.has(event.kind)) return names.length - 1;
    if (event.run === undefined || event.kind === 'delivery') return 0;
    return names.indexOf(event.run);
  };
  const marks = events.map((event, at): Mark => ({ at, kind: event.kind, lane: laneOf(event), column: at }));
  const gaps = events.flatMap(({ at }, column) => {
    const ms = at - (events[column - 1]?.at ?? at);
    return ms >= GAP_MS ? [{ column, ms }] : [];
  });
  return {
    names,
    marks,
    spans: spansOf(marks, names.length),
    links: linksOf(marks, events, names),
    gaps,
    columns: events.length,
  };
}

function spansOf(marks: readonly Mark[], lanes: number): Lanes['spans'] {
  return Array.from({ length: lanes }, (_, lane) => lane)
    .slice(1, -1)
    .flatMap((lane) => {
      const columns = marks.filter((mark) => mark.lane === lane).map(({ column }) => column);
      return columns.length > 0 ? [{ lane, from: Math.min(...columns), to: Math.max(...columns) }] : [];
    });
}

/** What Stripe does is linked to the run that asked for it, and a delivery to the run that it starts. */
function linksOf(
  marks: readonly Mark[],
  events: readonly TimelineEvent[],
  names: readonly string[],
): Lanes['links'] {
  return marks.flatMap(({ kind, at, column, lane }) => {
    const run = names.indexOf(events[at]?.run ?? '');
    const isLinked = AT_STRIPE.has(kind) || kind === 'delivery';
    return isLinked && run > 0 ? [{ column, from: run, to: lane }] : [];
  });
}
