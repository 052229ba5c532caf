import type { Shown } from '../lab-types.ts';
import { shownVersion } from '../state/types.ts';
import { hidden } from '../words/steps.ts';
import { saveFile } from './download.ts';
import { Icon } from './icons.tsx';
import { useSession } from './session.ts';
import { fixedName } from './verdict.tsx';

/** What can be seen without running the flow, and what to do about it. */
export function Findings() {
  const { session, state } = useSession();
  const version = shownVersion(state);
  if (!version) return null;
  const { findings } = version;
  if (findings.length === 0) {
    return (
      <div class="empty">
        <Icon name="check" size={24} />
        <p>Nothing was found in this flow without running it.</p>
      </div>
    );
  }
  const fixable = findings.filter((it) => it.fixable).length;
  return (
    <>
      <div class="panel-head">
        <p class="panel-lead">What can be seen without running the flow.</p>
        {fixable > 1 && (
          <button type="button" class="button main-button" onClick={() => void session.fix('all')}>
            <Icon name="wrench" size={18} />
            Fix all {fixable} and test again
          </button>
        )}
      </div>
      <ol class="findings">
        {findings.map((finding, at) => (
          <FindingItem key={`${finding.step} ${finding.rule} ${finding.line}`} finding={finding} at={at} />
        ))}
      </ol>
    </>
  );
}

function FindingItem({ finding, at }: { finding: Shown; at: number }) {
  const { session, state } = useSession();
  const { severity, step, title, rule, line, message, fix, fixable } = finding;
  const point = (name: string): void => {
    session.pointAt(name);
    document.querySelector<HTMLElement>(`#card-${name} > summary`)?.focus();
  };
  const download = async (): Promise<void> => {
    const text = await session.fixedText(at);
    if (text !== null) saveFile(text, fixedName(state.fileName));
  };
  return (
    <li class={`finding finding-${severity}`}>
      <p class="finding-head">
        <span class={`mark mark-${severity === 'error' ? 'bad' : 'warn'}`}>
          <Icon name="warn" size={14} />
          <span>{severity === 'error' ? 'Error' : 'Warning'}</span>
        </span>
        <button type="button" class="text-button" onClick={() => point(step)}>
          <bdi>{hidden(title)}</bdi>
        </button>
        <span class="quiet">
          {step}
          {line !== undefined && `, line ${line}`} · <code>{rule}</code>
        </span>
      </p>
      <p class="finding-why">{message}</p>
      <p class="finding-fix">
        <Icon name="wrench" size={16} />
        <span>{fix}</span>
      </p>
      {fixable && (
        <div class="actions">
          <button type="button" class="button main-button" onClick={() => void session.fix(at)}>
            Fix this and test again
          </button>
          <button type="button" class="button" onClick={() => void download()}>
            <Icon name="download" size={18} />
            Download the fixed flow
          </button>
        </div>
      )}
    </li>
  );
}
