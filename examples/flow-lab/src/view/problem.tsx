import type { Problem } from '../state/types.ts';
import { Icon } from './icons.tsx';

/** What was refused. The region is always there, so that a screen reader says what comes into it. */
export function ProblemBox({ problem, close }: { problem: Problem | null; close: () => void }) {
  return (
    <div role="alert" class="problem-region">
      {problem && (
        <div class="problem">
          <Icon name="warn" />
          <div class="problem-text">
            <p>{problem.message}</p>
            <p class="quiet">
              <code>{problem.code}</code>
              {problem.field && (
                <>
                  {' in '}
                  <code>{problem.field}</code>
                </>
              )}
            </p>
          </div>
          <button type="button" class="icon-button" onClick={close} aria-label="Close this message">
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
