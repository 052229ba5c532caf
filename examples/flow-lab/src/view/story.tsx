import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Told } from '../lab-types.ts';
import { shownVersion, testedOf } from '../state/types.ts';
import { LOOKS } from '../words/events.ts';
import { titleOfAll, whatOf, wordsOf } from '../words/faults.ts';
import { amounts, charges } from '../words/money.ts';
import { counted } from '../words/text.ts';
import { VERDICTS } from '../words/verdict.ts';
import { partOf } from '../words/window.ts';
import { EventList } from './event-list.tsx';
import { Icon } from './icons.tsx';
import { LaneDrawing, Legend } from './lane-drawing.tsx';
import { Player } from './player.tsx';
import { useSession } from './session.ts';
import { VerdictMark } from './verdict-mark.tsx';

/** One scenario's runs, to be watched. */
export function Story({ told }: { told: Told }) {
  const { session, state } = useSession();
  const { report, explanation, prevention } = told;
  const words = wordsOf(testedOf(shownVersion(state)));
  const heading = useRef<HTMLHeadingElement>(null);
  const [isFull, setFull] = useState(false);
  const events = useMemo(
    () => report.timeline.filter(({ kind }) => isFull || LOOKS[kind].isMain),
    [report, isFull],
  );
  const [at, setAt] = useState(events.length - 1);
  // Everything is shown until somebody goes to a moment.
  const [follow, setFollow] = useState(false);
  useEffect(() => {
    setAt(events.length - 1);
    setFollow(false);
  }, [events]);
  const move = useCallback((to: number) => {
    setAt(to);
    setFollow(true);
  }, []);
  useEffect(() => heading.current?.focus(), [report]);
  const part = partOf(events.length, follow ? at : null);
  const { scenario, owed, charged, verdict } = report;
  return (
    <article class="story" aria-labelledby="story-title">
      <button type="button" class="text-button back" onClick={() => session.showStory(null)}>
        <Icon name="back" size={16} />
        All faults
      </button>
      <header class="story-head">
        <h2 id="story-title" ref={heading} tabIndex={-1}>
          {titleOfAll(scenario.faults, words)}
        </h2>
        <VerdictMark verdict={verdict} />
      </header>
      <p class="panel-lead">{whatOf(scenario.faults, words)}</p>
      <div class={`told told-${VERDICTS[verdict].tone}`}>
        <p>{explanation}</p>
        {prevention && (
          <p class="told-prevention">
            <Icon name="wrench" size={16} />
            <span>{prevention}</span>
          </p>
        )}
      </div>
      <dl class="story-figures">
        <Pair title="Owed" value={amounts(owed)} />
        <Pair
          title="Charged"
          value={amounts(charged)}
          note={charges(charged.charges)}
          isBad={verdict !== 'billed_once' && verdict !== 'unfinished'}
        />
        <Pair title="Runs" value={String(report.runs)} />
        <Pair title="Calls" value={String(report.calls)} />
        <Pair title="Replays" value={String(report.replays)} />
        <Pair title="Blocked" value={String(report.blocked)} />
      </dl>
      <Player events={events} at={at} move={move} />
      <LaneDrawing events={events} at={at} follow={follow} part={part} />
      <Legend events={events} />
      <div class="events-head">
        <h3>What happened, in its order</h3>
        <label class="check">
          <input
            type="checkbox"
            checked={isFull}
            onChange={({ currentTarget }) => setFull(currentTarget.checked)}
          />
          <span>Every step</span>
        </label>
      </div>
      {part.to - part.from < events.length && (
        <p class="quiet part">
          {(part.from + 1).toLocaleString('en-US')} to {part.to.toLocaleString('en-US')} of{' '}
          {counted(events.length, 'event')}: the slider above goes to the others.
        </p>
      )}
      <EventList events={events} at={at} follow={follow} part={part} />
      <p class="quiet">
        Seed number {scenario.seed}: the same scenario gives the same report, to the last byte.
      </p>
    </article>
  );
}

function Pair({
  title,
  value,
  note,
  isBad,
}: {
  title: string;
  value: string;
  note?: string;
  isBad?: boolean;
}) {
  return (
    <div>
      <dt>{title}</dt>
      <dd class={isBad ? 'over' : ''}>
        {value}
        {note && <span class="quiet"> in {note}</span>}
      </dd>
    </div>
  );
}
