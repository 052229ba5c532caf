import { useEffect, useRef } from 'preact/hooks';
import { describe, details, hidden, kindOf, type StepKind } from '../words/steps.ts';
import type { AnyStep, Drawn } from './flow.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Scroller } from './scroller.tsx';

const ICONS: Record<StepKind, IconName> = {
  webhook: 'webhook',
  schedule: 'schedule',
  code: 'code',
  http: 'globe',
  stripe: 'card',
  message: 'message',
  loop: 'loop',
  router: 'router',
  piece: 'piece',
};

/** A step as its card in Activepieces' builder; opened, it shows what the step is told. */
export function StepCard({ step, drawn }: { step: AnyStep; drawn: Drawn }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const findings = drawn.findings.get(step.name) ?? [];
  const isPointed = drawn.pointed === step.name;
  useEffect(() => {
    if (isPointed) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isPointed]);
  const kind = kindOf(step);
  const isSkipped = step.type !== 'trigger' && step.skip;
  const classes = [
    'card',
    `card-${kind}`,
    isPointed && 'card-pointed',
    drawn.hurt.has(step.name) && 'card-hurt',
    isSkipped && 'card-skipped',
  ];
  return (
    <details ref={ref} id={`card-${step.name}`} class={classes.filter(Boolean).join(' ')}>
      <summary>
        <span class="card-icon">
          <Icon name={ICONS[kind]} />
        </span>
        <span class="card-text">
          <span class="card-title">
            <bdi>{hidden(step.title)}</bdi>
          </span>
          <span class="card-sub">
            <span class="card-name">{step.name}</span>
            {` · ${describe(step)}`}
            {isSkipped && ' · switched off'}
          </span>
        </span>
        {findings.length > 0 && (
          <Badge count={findings.length} isError={findings.some((it) => it.severity === 'error')} />
        )}
        <span class="card-open">
          <Icon name="down" size={14} />
        </span>
      </summary>
      <div class="card-body">
        {findings.map((finding) => (
          <p key={finding.rule} class={`card-finding ${finding.severity}`}>
            <Icon name="warn" size={16} />
            {finding.message}
          </p>
        ))}
        {details(step).map(({ title, text }) => (
          <figure key={title} class="source">
            <figcaption>{title}</figcaption>
            <Scroller class="source-text" label={`${title} of ${step.name}`}>
              <pre>{text}</pre>
            </Scroller>
          </figure>
        ))}
      </div>
    </details>
  );
}

function Badge({ count, isError }: { count: number; isError: boolean }) {
  return (
    <span class={`badge ${isError ? 'badge-bad' : 'badge-warn'}`}>
      <Icon name="warn" size={14} />
      {count}
      <span class="sr-only">{count === 1 ? ' finding' : ' findings'}</span>
    </span>
  );
}
