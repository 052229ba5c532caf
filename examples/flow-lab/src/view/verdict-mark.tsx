import type { Verdict } from '../lab-types.ts';
import { VERDICTS } from '../words/verdict.ts';
import { Icon, type IconName } from './icons.tsx';

const ICONS: Record<'bad' | 'warn' | 'good', IconName> = { bad: 'cross', warn: 'info', good: 'check' };

export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { label, tone } = VERDICTS[verdict];
  return (
    <span class={`mark mark-${tone}`}>
      <Icon name={ICONS[tone]} size={14} />
      <span class="mark-label">{label}</span>
    </span>
  );
}
