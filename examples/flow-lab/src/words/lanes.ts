// The timeline as lanes: one for what comes from outside, some for the runs, one for Stripe. Runs that do not overlap share a lane. Places
// are by order, since the times lie milliseconds and days apart; where much time goes by, the gap says how much.
import type { TimelineEvent } from '../lab-types.ts';
import { AT_STRIPE } from './events.ts';

export interface Mark {
  /** Which of the events it is, and in which column it stands. */
  at: number;
  kind: TimelineEvent['kind'];
  lane: number;
}

export interface Span {
  run: string;
  lane: number;
  from: number;
  to: number;
}

export interface Lanes {
  names: string[];
  marks: Mark[];
  /** A run's first and last column. */
  spans: Span[];
  /** Between lanes, in a column. */
  links: { at: number; from: number; to: number }[];
  /** Before which column how many milliseconds go by. */
  gaps: { at: number; ms: number }[];
  columns: number;
}

const OUTSIDE = 0;

/** What is shorter is not worth a word. */
const GAP_MS = 10_000;

export function lanesOf(events: readonly TimelineEvent[]): Lanes {
  const spans = spansOf(events);
  const bySpan = new Map(spans.map((span) => [span.run, span]));
  const runs = Math.max(0, ...spans.map(({ lane }) => lane));
  const stripe = runs + 1;
  const runOf = ({ run }: TimelineEvent): Span | undefined =>
    run === undefined ? undefined : bySpan.get(run);
  const laneOf = (event: TimelineEvent, at: number): number => {
    if (AT_STRIPE.has(event.kind)) return stripe;
    const run = runOf(event);
    return event.kind === 'delivery' || run === undefined || at < run.from ? OUTSIDE : run.lane;
  };
  return {
    names: ['Outside', ...Array.from({ length: runs }, (_, at) => (at === 0 ? 'Runs' : '')), 'Stripe'],
    marks: events.map((event, at) => ({ at, kind: event.kind, lane: laneOf(event, at) })),
    spans,
    links: events.flatMap((event, at) => {
      const [from, to] = [runOf(event)?.lane, laneOf(event, at)];
      return from === undefined || from === to || event.kind === 'fault' ? [] : [{ at, from, to }];
    }),
    gaps: events.flatMap((event, at) => {
      const ms = event.at - (events[at - 1]?.at ?? event.at);
      return ms >= GAP_MS ? [{ at, ms }] : [];
    }),
    columns: events.length,
  };
}

/** Each run takes the first lane that is free, from 1. */
function spansOf(events: readonly TimelineEvent[]): Span[] {
  const spans = new Map<string, Span>();
  for (const [at, { run, kind }] of events.entries()) {
    if (run === undefined || kind === 'delivery') continue;
    // What goes wrong before a run starts is outside of it.
    if (kind === 'fault' && !spans.has(run)) continue;
    const span = spans.get(run) ?? { run, lane: 0, from: at, to: at };
    spans.set(run, { ...span, to: at });
  }
  const ends: number[] = [];
  return [...spans.values()].map((span) => {
    const free = ends.findIndex((end) => end < span.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = span.to;
    return { ...span, lane: lane + 1 };
  });
}
