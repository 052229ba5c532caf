// What all the reports come to, in one sentence: the first thing that anybody reads.
import type { FaultTold, Money, ScenarioReport, SearchOutcome, Tested, Told, Verdict } from '../lab-types.ts';
import { textOf } from './events.ts';
import { excess, weight } from './money.ts';
import { counted } from './text.ts';

export type Tone = 'bad' | 'warn' | 'good';

export interface Headline {
  tone: Tone;
  sentence: string;
  detail: string;
}

export const VERDICTS: Record<Verdict, { label: string; tone: Tone }> = {
  charged_twice: { label: 'Charged again', tone: 'bad' },
  over_spent: { label: 'Overspent', tone: 'bad' },
  lost: { label: 'Not charged', tone: 'bad' },
  unfinished: { label: 'Failed, says so', tone: 'warn' },
  billed_once: { label: 'Charged once', tone: 'good' },
};

export function headline({ baseline, reports, charges_nothing }: Tested): Headline {
  if (charges_nothing) {
    const failed = baseline.report.timeline.find(({ kind }) => kind === 'run_failed');
    return {
      tone: 'warn',
      sentence: 'This flow charged nobody.',
      detail: failed
        ? `${textOf(failed)}. So nothing is charged that a fault could repeat.`
        : 'With this event it makes no charge at Stripe, so there is nothing that a fault could repeat. Look at the event below.',
    };
  }
  if (baseline.report.verdict !== 'billed_once') {
    const sentence = 'This flow does not bill what is owed even when nothing goes wrong.';
    return { tone: 'bad', sentence, detail: baseline.explanation };
  }
  const count = (verdict: Verdict): number =>
    reports.filter(({ report }) => report.verdict === verdict).length;
  const of = (many: number): string =>
    `${many} of ${reports.length} ${reports.length === 1 ? 'fault' : 'faults'}`;
  const worst = BAD.find(({ verdict }) => count(verdict) > 0);
  const detail = others(count, worst?.verdict ?? null);
  if (worst) return { tone: 'bad', sentence: worst.say(of(count(worst.verdict))), detail };
  return {
    tone: 'good',
    sentence: `This flow charges nobody twice in any of ${reports.length} faults.`,
    detail,
  };
}

const BAD: { verdict: Verdict; say: (many: string) => string }[] = [
  { verdict: 'charged_twice', say: (many) => `This flow would charge this customer twice in ${many}.` },
  { verdict: 'over_spent', say: (many) => `This flow would spend more than is owed in ${many}.` },
  { verdict: 'lost', say: (many) => `This flow would lose a charge in ${many}.` },
];

/** What else there is to know. */
function others(count: (verdict: Verdict) => number, told: Verdict | null): string {
  const sentences: [Verdict, (many: number) => string][] = [
    ['over_spent', (many) => `In ${many} it spends more than is owed.`],
    ['lost', (many) => `In ${many} a charge is lost, and no run says so.`],
    [
      'unfinished',
      (many) =>
        `In ${many} a run fails before everything is charged and says so; nobody is charged twice by that.`,
    ],
  ];
  return sentences
    .filter(([verdict]) => verdict !== told && count(verdict) > 0)
    .map(([verdict, say]) => say(count(verdict)))
    .join(' ');
}

export interface Figures {
  owed: Money;
  worst: ScenarioReport;
  excess: Money;
}

/** Of the scenario that costs the customer most. */
export function figures({ baseline, reports }: Tested): Figures {
  const over = (report: ScenarioReport): number => weight(excess(report.charged, report.owed));
  const worst = reports.reduce(
    (most, { report }) => (over(report) > over(most) ? report : most),
    baseline.report,
  );
  return { owed: baseline.report.owed, worst, excess: excess(worst.charged, worst.owed) };
}

/** For a screen reader, when the tests are through. */
export function spoken(tested: Tested): string {
  const { sentence, detail } = headline(tested);
  return `${sentence} ${detail}`.trim();
}

/** The same of a search. */
export const searchSpoken = ({ scenarios, found }: SearchOutcome): string =>
  `${counted(scenarios, 'combination')} tried, ${counted(found.length, 'way')} to something bad found.`;

/** The worst first; those of one verdict as they came. */
export function byGravity(reports: readonly FaultTold[]): FaultTold[] {
  const order: Verdict[] = ['charged_twice', 'over_spent', 'lost', 'unfinished', 'billed_once'];
  const place = ({ report }: Told): number => order.indexOf(report.verdict);
  return [...reports].sort((one, other) => place(one) - place(other));
}
