import { useEffect, useRef } from 'preact/hooks';
import type { TimelineEvent } from '../lab-types.ts';
import { LOOKS, textOf } from '../words/events.ts';
import { amount } from '../words/money.ts';
import { moment } from '../words/time.ts';
import type { Part } from '../words/window.ts';
import { Icon, type IconName } from './icons.tsx';
import { Scroller } from './scroller.tsx';

const ICONS: Record<TimelineEvent['kind'], IconName> = {
  delivery: 'inbox',
  run_started: 'play',
  run_succeeded: 'check',
  run_failed: 'cross',
  worker_died: 'bolt',
  retry: 'again',
  step_started: 'dot',
  step_succeeded: 'dot',
  step_failed: 'cross',
  call: 'upload',
  answer: 'download',
  no_answer: 'warn',
  charge: 'card',
  replay: 'again',
  blocked: 'block',
  fault: 'bolt',
};

/** The timeline as text. */
interface Props {
  events: readonly TimelineEvent[];
  at: number;
  /** Whether the moment is to be kept in sight. */
  follow: boolean;
  part: Part;
}

export function EventList({ events, at, follow, part: { from, to } }: Props) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const box = list.current?.parentElement;
    const item = list.current?.children[at - from];
    if (!follow || !box || !(item instanceof HTMLElement)) return;
    // Only within its own box: the page stays where it is.
    const [above, below] = [item.offsetTop, item.offsetTop + item.offsetHeight];
    if (above < box.scrollTop || below > box.scrollTop + box.clientHeight)
      box.scrollTop = above - box.clientHeight / 3;
  }, [at, follow, from]);
  return (
    <Scroller class="events-scroll" label="What happened, in its order">
      <ol ref={list} class="events" start={from + 1}>
        {events.slice(from, to).map((event, place) => {
          const index = from + place;
          return <EventItem key={index} event={event} isNow={follow && index === at} isLater={index > at} />;
        })}
      </ol>
    </Scroller>
  );
}

function EventItem({ event, isNow, isLater }: { event: TimelineEvent; isNow: boolean; isLater: boolean }) {
  const { kind, run, step, loop_index, endpoint, idempotency_key, charge } = event;
  const { label, tone } = LOOKS[kind];
  const where = [run, step && `${step}${loop_index?.map((index) => `[${index}]`).join('') ?? ''}`]
    .filter(Boolean)
    .join(' · ');
  const facts = [endpoint, idempotency_key && `key ${idempotency_key.slice(0, 10)}…`, charge?.id];
  return (
    <li class={`event tone-${tone} ${isLater ? 'later' : ''}`} aria-current={isNow ? 'step' : undefined}>
      <span class="event-time">{moment(event.at)}</span>
      <span class="event-icon">
        <Icon name={ICONS[kind]} size={16} />
      </span>
      <div class="event-text">
        <p>
          <span class="sr-only">{label}: </span>
          <span class="event-what">{textOf(event)}</span>
        </p>
        <p class="quiet event-facts">{[where, ...facts].filter(Boolean).join(' · ')}</p>
      </div>
      {charge && <span class="event-money">{amount(charge.amount, charge.currency)}</span>}
    </li>
  );
}
