import { useEffect, useState } from 'preact/hooks';
import type { TimelineEvent } from '../lab-types.ts';
import { textOf } from '../words/events.ts';
import { amount, amounts, charges } from '../words/money.ts';
import { moment } from '../words/time.ts';
import { Icon } from './icons.tsx';

interface Props {
  events: readonly TimelineEvent[];
  at: number;
  move: (to: number) => void;
}

const BEAT_MS = 650;

/** Goes through the events one by one, by itself or by hand, and counts what is charged so far. */
export function Player({ events, at, move }: Props) {
  const [isPlaying, setPlaying] = useState(false);
  const last = events.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => (at < last ? move(at + 1) : setPlaying(false)), BEAT_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, at, last, move]);
  const play = (): void => {
    if (!isPlaying && at >= last) move(0);
    setPlaying(!isPlaying);
  };
  const step = (by: number): void => {
    setPlaying(false);
    move(Math.min(last, Math.max(0, at + by)));
  };
  const now = events[at];
  return (
    <fieldset class="player">
      <legend class="sr-only">Watch the runs</legend>
      <div class="player-buttons">
        <button
          type="button"
          class="icon-button"
          aria-label="One back"
          onClick={() => step(-1)}
          disabled={at <= 0}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          class="icon-button play"
          aria-label={isPlaying ? 'Pause' : 'Play'}
          onClick={play}
        >
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="One on"
          onClick={() => step(1)}
          disabled={at >= last}
        >
          <Icon name="forward" />
        </button>
      </div>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={now ? `${moment(now.at)}: ${textOf(now)}` : ''}
        min={0}
        max={Math.max(0, last)}
        value={at}
        onInput={({ currentTarget }) => {
          setPlaying(false);
          move(Number(currentTarget.value));
        }}
      />
      <p class="player-now">
        <span class="player-time">{now ? moment(now.at) : ''}</span>
        <span class="player-text">{now ? textOf(now) : ''}</span>
        <span class="player-money">{chargedSoFar(events.slice(0, at + 1))}</span>
      </p>
    </fieldset>
  );
}

function chargedSoFar(events: readonly TimelineEvent[]): string {
  const sums: Record<string, number> = {};
  let count = 0;
  for (const { charge } of events) {
    if (!charge) continue;
    count += 1;
    sums[charge.currency] = (sums[charge.currency] ?? 0) + charge.amount;
  }
  return count === 0
    ? `${amount(0, 'usd')} charged`
    : `${amounts({ charges: count, amounts: sums })} in ${charges(count)}`;
}
