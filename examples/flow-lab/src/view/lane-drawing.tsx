import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { TimelineEvent } from '../lab-types.ts';
import { LOOKS } from '../words/events.ts';
import { type Lanes, lanesOf } from '../words/lanes.ts';
import { span } from '../words/time.ts';
import { useWidth } from './width.ts';

interface Props {
  events: readonly TimelineEvent[];
  at: number;
}

const NAME = 76;
const LEAST = 22;

/** The runs beside each other, with what each made Stripe do. A picture: all that it shows is in the list below it. */
export function LaneDrawing({ events, at }: Props) {
  const lanes = useMemo(() => lanesOf(events), [events]);
  const scroller = useRef<HTMLDivElement>(null);
  const row = lanes.names.length > 8 ? 22 : 34;
  const room = useWidth(scroller) - NAME - 12;
  const step = Math.max(LEAST, room / Math.max(1, lanes.columns));
  const x = (column: number): number => NAME + step * (column + 0.5);
  const y = (lane: number): number => 30 + row * (lane + 0.5);
  const width = NAME + step * lanes.columns + 12;
  const height = 30 + row * lanes.names.length + 8;
  useEffect(() => {
    const box = scroller.current;
    const here = NAME + step * (at + 0.5);
    if (box && box.scrollWidth > box.clientWidth) box.scrollLeft = here - box.clientWidth / 2;
  }, [at, step]);
  return (
    <div ref={scroller} class="lanes" aria-hidden="true">
      <svg role="presentation" viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
        {lanes.names.map((name, lane) => (
          <g key={name}>
            <line class="lane-line" x1={NAME} x2={width} y1={y(lane)} y2={y(lane)} />
            <text class="lane-name" x={0} y={y(lane) + 4}>
              {name}
            </text>
          </g>
        ))}
        <Gaps lanes={lanes} x={x} step={step} height={height} />
        {lanes.spans.map(({ lane, from, to }) => (
          <line key={lane} class="lane-run" x1={x(from)} x2={x(to)} y1={y(lane)} y2={y(lane)} />
        ))}
        {lanes.links.map(({ column, from, to }) => (
          <line
            key={column}
            class={column <= at ? 'lane-link' : 'lane-link later'}
            x1={x(column)}
            x2={x(column)}
            y1={y(from)}
            y2={y(to)}
          />
        ))}
        {lanes.marks.map(({ at: which, kind, lane, column }) => (
          <g key={which} class={`lane-mark tone-${LOOKS[kind].tone} ${which > at ? 'later' : ''}`}>
            {which === at && <circle class="lane-now" cx={x(column)} cy={y(lane)} r={11} />}
            <Shape kind={kind} x={x(column)} y={y(lane)} />
          </g>
        ))}
      </svg>
    </div>
  );
}

function Gaps({
  lanes,
  x,
  step,
  height,
}: {
  lanes: Lanes;
  x: (column: number) => number;
  step: number;
  height: number;
}) {
  let taken = 0;
  return (
    <>
      {lanes.gaps.map(({ column, ms }) => {
        const at = x(column) - step / 2;
        // One word does not stand on another.
        const isFree = at - taken > 64;
        if (isFree) taken = at;
        return (
          <g key={column}>
            <line class="lane-gap" x1={at} x2={at} y1={22} y2={height} />
            {isFree && (
              <text class="lane-time" x={at} y={14} text-anchor="middle">
                +{span(ms)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** Money is the one thing that is full. */
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
