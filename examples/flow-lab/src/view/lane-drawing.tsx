import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { TimelineEvent } from '../lab-types.ts';
import { LOOKS } from '../words/events.ts';
import { type Lanes, lanesOf } from '../words/lanes.ts';
import { span } from '../words/time.ts';
import type { Part } from '../words/window.ts';
import { useWidth } from './width.ts';

interface Props {
  events: readonly TimelineEvent[];
  at: number;
  /** Whether the moment is to be kept in sight. */
  follow: boolean;
  part: Part;
}

const NAME = 68;
const LEAST = 24;
const TOP = 34;
const ROW = 42;

/** The runs beside each other, with what each made Stripe do. A picture: all that it shows is in the list below it. */
export function LaneDrawing({ events, at, follow, part: { from, to } }: Props) {
  const all = useMemo(() => lanesOf(events), [events]);
  const lanes = useMemo(() => cut(all, from, to), [all, from, to]);
  const scroller = useRef<HTMLDivElement>(null);
  const room = useWidth(scroller) - NAME - 8;
  const step = Math.max(LEAST, room / Math.max(1, lanes.columns));
  const x = (column: number): number => NAME + step * (column - from + 0.5);
  const y = (lane: number): number => TOP + ROW * (lane + 0.5);
  const width = NAME + step * lanes.columns + 8;
  const height = TOP + ROW * lanes.names.length + 4;
  useEffect(() => {
    const box = scroller.current;
    if (box && follow) box.scrollLeft = NAME + step * (at - from + 0.5) - box.clientWidth / 2;
  }, [at, step, follow, from]);
  const later = (which: number): string => (which > at ? 'later' : '');
  return (
    <div ref={scroller} class="lanes" aria-hidden="true">
      <svg role="presentation" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {lanes.names.map((name, lane) => (
          <g key={lane}>
            <line class="lane-line" x1={NAME} x2={width} y1={y(lane)} y2={y(lane)} />
            <text class="lane-name" x={0} y={y(lane) + 4}>
              {name}
            </text>
          </g>
        ))}
        <Gaps lanes={lanes} left={(column) => x(column) - step / 2} height={height} />
        {lanes.spans.map(({ run, lane, from: first, to: last }) => (
          <g key={run} class={later(first)}>
            <line class="lane-run" x1={x(first)} x2={x(last)} y1={y(lane)} y2={y(lane)} />
            <text class="lane-time" x={x(first) - 4} y={y(lane) - 13}>
              {run}
            </text>
          </g>
        ))}
        {lanes.links.map(({ at: column, from: one, to: other }) => (
          <line
            key={column}
            class={`lane-link ${later(column)}`}
            x1={x(column)}
            x2={x(column)}
            y1={y(one)}
            y2={y(other)}
          />
        ))}
        {lanes.marks.map(({ at: which, kind, lane }) => (
          <g key={which} class={`lane-mark tone-${LOOKS[kind].tone} ${later(which)}`}>
            {which === at && <circle class="lane-now" cx={x(which)} cy={y(lane)} r={11} />}
            <Shape kind={kind} x={x(which)} y={y(lane)} />
          </g>
        ))}
      </svg>
    </div>
  );
}

/** What of it stands in some of its columns. */
function cut(lanes: Lanes, from: number, to: number): Lanes {
  const inside = ({ at }: { at: number }): boolean => at >= from && at < to;
  return {
    names: lanes.names,
    marks: lanes.marks.slice(from, to),
    spans: lanes.spans
      .filter((it) => it.to >= from && it.from < to)
      .map((it) => ({ ...it, from: Math.max(it.from, from), to: Math.min(it.to, to - 1) })),
    links: lanes.links.filter(inside),
    gaps: lanes.gaps.filter(inside),
    columns: to - from,
  };
}

function Gaps({ lanes, left, height }: { lanes: Lanes; left: (column: number) => number; height: number }) {
  let taken = 0;
  return (
    <>
      {lanes.gaps.map(({ at, ms }) => {
        const x = left(at);
        // One word does not stand on another.
        const isFree = x - taken > 64;
        if (isFree) taken = x;
        return (
          <g key={at}>
            <line class="lane-gap" x1={x} x2={x} y1={20} y2={height} />
            {isFree && (
              <text class="lane-time" x={x} y={13} text-anchor="middle">
                +{span(ms)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** What the shapes are, of those that are drawn. */
export function Legend({ events }: { events: readonly TimelineEvent[] }) {
  const kinds = SHOWN.filter((shown) => events.some(({ kind }) => kind === shown));
  return (
    <p class="legend" aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind} class={`lane-mark tone-${LOOKS[kind].tone}`}>
          <svg role="presentation" width="18" height="18" viewBox="-9 -9 18 18">
            <Shape kind={kind} x={0} y={0} />
          </svg>
          <span>{LOOKS[kind].label}</span>
        </span>
      ))}
    </p>
  );
}

/** Those whose shape says nothing by itself. */
const SHOWN: TimelineEvent['kind'][] = ['delivery', 'call', 'charge', 'replay', 'blocked', 'fault'];

/** Money is the one thing that is full and large. */
function Shape({ kind, x, y }: { kind: TimelineEvent['kind']; x: number; y: number }) {
  switch (kind) {
    case 'charge':
      return <circle cx={x} cy={y} r={7} class="full" />;
    case 'replay':
      return <circle cx={x} cy={y} r={6} class="hollow" />;
    case 'blocked':
      return <path class="hollow" d={`M${x - 5} ${y - 5}h10v10h-10zM${x - 5} ${y + 5}l10-10`} />;
    case 'fault':
    case 'worker_died':
    case 'run_failed':
    case 'no_answer':
    case 'step_failed':
      return <path class="hollow" d={`M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9`} />;
    case 'delivery':
    case 'retry':
      return <path class="full" d={`M${x - 5} ${y - 6}h10l-5 10z`} />;
    case 'run_succeeded':
      return <path class="hollow" d={`M${x - 5} ${y}l3.5 4 6.5-8`} />;
    default:
      return <circle cx={x} cy={y} r={3.5} class="full" />;
  }
}
