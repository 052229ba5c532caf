// For people, in a terminal: what each fault did, what a search found, and what prevents it.
import type {
  Fault,
  FaultReport,
  FaultsReport,
  Finding,
  FlowSearch,
  Money,
  ScenarioReport,
  TimelineEvent,
  Verdict,
} from 'billonce/lab';
import { moneyText } from 'billonce/lab';
import { comparisonLines } from './comparison.ts';
import { type Look, type Paint, palette, paragraph, plainText, table } from './terminal.ts';
import { isWrong, type Tested } from './tested.ts';

const VERDICTS: Record<Verdict, { text: string; look: Look }> = {
  billed_once: { text: '✓ billed once', look: 'green' },
  charged_twice: { text: '✗ charged twice', look: 'red' },
  lost: { text: '✗ not charged', look: 'red' },
  over_spent: { text: '✗ over-spent', look: 'red' },
  unfinished: { text: '! unfinished', look: 'yellow' },
};

export function asTestText(tested: Tested): string {
  const paint = palette();
  const { test, scenario, search, comparison } = tested;
  const parts = [
    [headline(tested, paint)],
    ...(scenario ? [oneStory(scenario, paint)] : []),
    ...(test && !test.charges_nothing
      ? [faultTable([['undisturbed', test.baseline], ...test.reports.map(named)], paint)]
      : []),
    ...(test && !test.charges_nothing ? [notes(test.reports, paint)] : []),
    ...(search ? [searched(search, tested, paint)] : []),
    ...(comparison ? [comparisonLines(comparison, paint)] : []),
    ...(test ? [remarks(tested, paint)] : []),
    [summary(tested, paint)],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const named = (it: FaultReport): [string, FaultReport] => [faultText(it.fault), it];

/** As `--fault` takes it. */
export const faultText = ({ name, call }: Fault): string => (call === undefined ? name : `${name}@${call}`);

function headline({ file, flow, test }: Tested, paint: Paint): string {
  const name = paint('bold', plainText(file === '-' ? 'standard input' : file));
  const calls = test?.calls.length;
  const made =
    calls === undefined
      ? ''
      : `, ${calls === 1 ? 'one call' : `${calls} calls`} to Stripe in an undisturbed run`;
  return paragraph('', `${name}: ${plainText(flow)}${made}`);
}

type Row = [string, FaultReport | FaultsReport];

function faultTable(rows: readonly Row[], paint: Paint): string[] {
  const owed = moneyColumn(rows.map(([, { report }]) => report.owed));
  const charged = moneyColumn(rows.map(([, { report }]) => report.charged));
  const cells = rows.map(([name, { report }], at) => [
    at === 0 ? '' : `${at}`.padStart(2),
    name,
    owed[at] ?? '',
    charged[at] ?? '',
    `${VERDICTS[report.verdict].text}${failsAllTheSame(report) ? ' *' : ''}`,
  ]);
  const lookOf = (row: number, column: number): Look | undefined =>
    column === 4 ? VERDICTS[rows[row]?.[1].report.verdict ?? 'billed_once'].look : undefined;
  return table(['', 'fault', 'owed', 'charged', 'verdict'], cells, lookOf, paint);
}

/** Billed right, and no run ever says so. */
const failsAllTheSame = ({ verdict, failed }: ScenarioReport): boolean =>
  verdict === 'billed_once' && failed > 0;

/** Charges and money side by side, each flush right. */
function moneyColumn(all: readonly Money[]): string[] {
  const pairs = all.map((money): [string, string] => [`${money.charges}`, moneyText(money)]);
  const [left, right] = [0, 1].map((part) => Math.max(...pairs.map((pair) => pair[part as 0 | 1].length)));
  return pairs.map(([charges, money]) => `${charges.padStart(left ?? 0)}  ${money.padStart(right ?? 0)}`);
}

/** One note for all faults that go wrong for the same reason. */
function notes(reports: readonly FaultReport[], paint: Paint): string[] {
  const bad = reports.filter(({ report }) => report.verdict !== 'billed_once');
  const groups = new Map<string, { numbers: number[]; it: FaultReport }>();
  for (const it of bad) {
    const key = `${it.report.verdict} ${it.report.cause}`;
    const group = groups.get(key) ?? { numbers: [], it };
    group.numbers.push(reports.indexOf(it) + 1);
    groups.set(key, group);
  }
  const failing = reports.some(({ report }) => failsAllTheSame(report))
    ? [
        paragraph(
          '* ',
          'Billed once, but a run fails to its last retry: look at what it says before anybody bills by hand.',
        ),
      ]
    : [];
  const lines = [...groups.values()].flatMap(({ numbers, it }) => {
    const { text, look } = VERDICTS[it.report.verdict];
    return [
      `${paint(look, text)} in ${spans(numbers)}`,
      ...(it.why ? [paragraph('    ', `${it.why[0]?.toUpperCase()}${it.why.slice(1)}.`)] : []),
      ...(it.prevention ? [paragraph('  → ', it.prevention)] : []),
    ];
  });
  return [...lines, ...failing];
}

/** 1, 2, 3 and 5 are `1–3, 5`. */
function spans(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** More are in --json. */
const MOST_SHOWN = 10;

function searched(search: FlowSearch, { words, test }: Tested, paint: Paint): string[] {
  const { scenarios, depth, seed, cancelled, verdicts, found } = search;
  const counts = Object.entries(verdicts)
    .filter(([, count]) => count > 0)
    .map(
      ([verdict, count]) => `${VERDICTS[verdict as Verdict].text.slice(2)} ${count.toLocaleString('en-US')}`,
    );
  const ended = cancelled ? ', ended before its end' : '';
  const head = `${paint('bold', 'Search')}: ${scenarios.toLocaleString('en-US')} scenarios of up to ${depth} faults, seed ${seed}${ended}: ${counts.join(', ')}.`;
  const isGood = search.baseline.report.verdict === 'billed_once';
  if (found.length === 0) {
    const none = isGood
      ? 'No combination ends badly.'
      : 'No combination ends worse than the undisturbed run.';
    return [paragraph('', head), paint(isGood ? 'green' : 'yellow', none)];
  }
  // Single faults are in the table above.
  const listed = test ? found.filter(({ report }) => report.scenario.faults.length > 1) : found;
  const shown = listed.slice(0, MOST_SHOWN);
  const singles = found.length - listed.length;
  const above =
    singles === 0
      ? ''
      : `${singles} of them ${singles === 1 ? 'is a single fault' : 'are single faults'}, as above. `;
  const smallest =
    found.length === 1
      ? 'There is one smallest way to end badly.'
      : `There are ${found.length} smallest ways to end badly.`;
  const more =
    listed.length > shown.length
      ? ` The first ${shown.length} of the others:`
      : shown.length > 0
        ? ' By its command each can be repeated:'
        : '';
  return [
    paragraph('', head),
    paragraph('', `${smallest} ${above}${more}`.replaceAll('  ', ' ').trim()),
    ...shown.flatMap(({ report, count, explanation }, at) => {
      const { text, look } = VERDICTS[report.verdict];
      const faults = report.scenario.faults.map(faultText);
      const options = faults.flatMap((fault) => ['--fault', fault]);
      const by = report.scenario.seed === 0 ? [] : ['--seed', `${report.scenario.seed}`];
      const command = [...words, ...options, ...by].join(' ');
      const times = count === 1 ? 'in one scenario' : `in ${count.toLocaleString('en-US')} scenarios`;
      return [
        '',
        paragraph(`${`${at + 1}`.padStart(3)}  `, `${paint(look, text)}: ${faults.join(' + ')}, ${times}`),
        paragraph('     ', explanation),
        `     ${paint('dim', command)}`,
      ];
    }),
  ];
}

/** One scenario: its figures, and all that happened. */
function oneStory({ report, explanation, prevention }: FaultsReport, paint: Paint): string[] {
  const { text, look } = VERDICTS[report.verdict];
  return [
    paragraph('', `${paint(look, text)}: ${explanation}`),
    ...(prevention ? [paragraph('  → ', prevention)] : []),
    '',
    ...report.timeline.filter(isTold).map((event) => timelineLine(event, paint)),
  ];
}

const isTold = ({ kind }: TimelineEvent): boolean => kind !== 'step_started' && kind !== 'step_succeeded';

const LOOKS: Partial<Record<TimelineEvent['kind'], Look>> = {
  fault: 'yellow',
  worker_died: 'yellow',
  run_failed: 'red',
  step_failed: 'red',
  charge: 'bold',
  replay: 'green',
  blocked: 'yellow',
  run_succeeded: 'green',
};

function timelineLine(event: TimelineEvent, paint: Paint): string {
  const { at, run = '', step, loop_index = [], text, kind, charge } = event;
  const where = step ? `${step}${loop_index.map((index) => `[${index}]`).join('')}` : '';
  const head = `${clock(at).padStart(12)}  ${plainText(run).padEnd(7)} ${where.padEnd(11)} `;
  const told = charge
    ? `charged ${moneyText({ charges: 1, amounts: { [charge.currency]: charge.amount } })}: ${charge.id}`
    : text;
  const look = LOOKS[kind];
  const line = paragraph(head, plainText(told));
  return look ? `${line.slice(0, head.length)}${paint(look, line.slice(head.length))}` : line;
}

/** `+1d 01:20:04.250` */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${days > 0 ? `+${days}d ` : ''}${time}.${String(ms % 1000)
    .padStart(3, '0')
    .slice(0, 1)}`;
}

function remarks({ test }: Tested, paint: Paint): string[] {
  if (!test) return [];
  const { findings, unknown_pieces, not_applicable, payload } = test;
  const lines: string[] = [];
  if (findings.length > 0) {
    lines.push(
      paint('bold', findings.length === 1 ? 'lint: one finding' : `lint: ${findings.length} findings`),
    );
    lines.push(...findings.map(shortly).map((text) => paragraph('  ', text)));
    lines.push(paragraph('→ ', 'billonce lint says what to do; with --fix it mends what can be mended.'), '');
  }
  if (payload.source === 'made')
    lines.push(
      paragraph(
        '· ',
        `The payload was made up from what the flow refers to: ${plainText(JSON.stringify(payload.events[0]))}. Give your own with --payload.`,
      ),
    );
  for (const { step, piece } of unknown_pieces)
    lines.push(
      paragraph('· ', `${step} (${plainText(piece)}) does not run here: its output is sample data.`),
    );
  if (not_applicable.length > 0)
    lines.push(
      paragraph('· ', `Cannot happen to this flow: ${not_applicable.map(({ fault }) => fault).join(', ')}.`),
    );
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

const shortly = ({ rule, step, line }: Finding): string => `${step}${line ? `, line ${line}` : ''}: ${rule}`;

/** What is wrong already where nothing goes wrong, which no fault is to blame for. */
function undisturbedly({ test }: Tested): string {
  const { report, explanation } = test?.baseline ?? {};
  if (!report || report.verdict === 'billed_once') return '';
  const failed = report.timeline.find(({ kind }) => kind === 'run_failed');
  return `Without any fault already: ${explanation} ${failed ? `${plainText(failed.text)}. ` : ''}`;
}

function summary(tested: Tested, paint: Paint): string {
  const { test, search } = tested;
  if (test?.charges_nothing) {
    const failed = test.baseline.report.timeline.find(({ kind }) => kind === 'run_failed');
    const why = failed
      ? `its undisturbed run ends with: ${plainText(failed.text)}`
      : 'with this payload the flow makes no charge';
    return paint('yellow', paragraph('', `Nothing was charged, so nothing was tested: ${why}.`));
  }
  const reports = test?.reports ?? [];
  const wrong = reports.filter(
    ({ report }) => report.verdict !== 'billed_once' && report.verdict !== 'unfinished',
  );
  const text =
    reports.length === 0
      ? isWrong(tested)
        ? 'Something is wrong.'
        : 'Nothing is wrong.'
      : wrong.length === 0
        ? `None of ${reports.length} faults charges wrongly${search && search.found.length > 0 ? ' by itself' : ''}.`
        : `${wrong.length} of ${reports.length} faults charge wrongly.`;
  return paint(isWrong(tested) ? 'red' : 'green', paragraph('', `${undisturbedly(tested)}${text}`));
}
