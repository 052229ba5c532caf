import type { Job } from '../state/types.ts';
import { Icon } from './icons.tsx';

interface Props {
  job: Job<unknown>;
  what: string;
  /** Before it was begun. */
  idle: string;
  /** What begins it. */
  start: string;
  cancel: () => void;
  again: () => void;
}

/** How far some work is, and what became of it; nothing when it is done. */
export function JobState({ job, what, idle, start, cancel, again }: Props) {
  if (job.status === 'running') return <Running job={job} what={what} cancel={cancel} />;
  if (job.status === 'failed') {
    const { message, field, code } = job.problem;
    return (
      <div class="problem" role="alert">
        <Icon name="warn" />
        <div class="problem-text">
          <p>{message}</p>
          <p class="quiet">
            <code>{code}</code>
            {field && (
              <>
                {' in '}
                <code>{field}</code>
              </>
            )}
          </p>
        </div>
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      </div>
    );
  }
  if (job.status === 'cancelled' || job.status === 'idle') {
    return (
      <div class="job-idle">
        <p class="quiet">{job.status === 'cancelled' ? 'Cancelled.' : idle}</p>
        <button type="button" class="button" onClick={again}>
          <Icon name="play" size={16} />
          {start}
        </button>
      </div>
    );
  }
  return null;
}

function Running({
  job,
  what,
  cancel,
}: {
  job: Job<unknown> & { status: 'running' };
  what: string;
  cancel: () => void;
}) {
  const { done, total, note } = job;
  const count = total > 0 ? `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}` : '';
  return (
    <div class="running">
      <div class="running-text">
        <span>
          {what}
          {note && <span class="quiet"> · {note}</span>}
        </span>
        <span class="running-count">{count}</span>
      </div>
      <progress aria-label={what} max={total || 1} {...(total > 0 ? { value: done } : {})} />
      <button type="button" class="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}
