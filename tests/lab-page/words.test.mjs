// What the page says: amounts, moments, the verdict's sentence, lanes and steps.
import { minorUnits } from 'billonce';
import { moneyText, readFlow } from 'billonce/lab';
import { describe, expect, test } from 'vitest';
import { lanesOf } from '../../examples/flow-lab/src/words/lanes.ts';
import { amount, amounts, excess } from '../../examples/flow-lab/src/words/money.ts';
import {
  describe as describeStep,
  details,
  hidden,
  kindOf,
} from '../../examples/flow-lab/src/words/steps.ts';
import { moment, span } from '../../examples/flow-lab/src/words/time.ts';
import { figures, headline } from '../../examples/flow-lab/src/words/verdict.ts';
import { partOf } from '../../examples/flow-lab/src/words/window.ts';
import { chain, code, flowOf, http, loop, router } from '../lab/flows.mjs';

test.each([
  [4900, 'usd', '$49.00'],
  [237_600, 'usd', '$2,376.00'],
  [5, 'usd', '$0.05'],
  [0, 'usd', '$0.00'],
  [-5, 'usd', '−$0.05'],
  [500, 'jpy', '¥500'],
  [1_234_567, 'bhd', '1,234.567 BHD'],
  [999_999_999_999, 'eur', '€9,999,999,999.99'],
])('%i of %s is %s', (minor, currency, text) => {
  expect(amount(minor, currency)).toBe(text);
});

test('several currencies are told one beside the other, and only what is more is too much', () => {
  const owed = { charges: 2, amounts: { usd: 4900, jpy: 500 } };
  const charged = { charges: 3, amounts: { usd: 9800, jpy: 500, eur: 100 } };
  expect(amounts(charged)).toBe('$98.00 and ¥500 and €1.00');
  expect(excess(charged, owed)).toEqual({ charges: 1, amounts: { usd: 4900, eur: 100 } });
});

/** At Stripe, as the package has it. */
function isKnown(currency) {
  try {
    return minorUnits('1', currency) > 0;
  } catch {
    return false;
  }
}

test('amounts are told as the command tells them, whatever the currency', () => {
  const currencies = Intl.supportedValuesOf('currency')
    .map((code) => code.toLowerCase())
    .filter(isKnown);
  expect(currencies.length).toBeGreaterThan(100);
  for (const currency of currencies) {
    const money = { charges: 1, amounts: { [currency]: 1_234_560 } };
    expect(amounts(money)).toBe(moneyText(money));
  }
});

test.each([
  [0, '0 ms', '00:00:00.000'],
  [340, '340 ms', '00:00:00.340'],
  [1250, '1.2 s', '00:00:01.250'],
  [124_000, '2 min 4 s', '00:02:04.000'],
  [3_600_000, '1 h', '01:00:00.000'],
  [90_061_001, '1 d 1 h', '1 d 01:01:01.001'],
])('%i ms', (ms, asSpan, asMoment) => {
  expect([span(ms), moment(ms)]).toEqual([asSpan, asMoment]);
});

describe('the verdict', () => {
  const owed = { charges: 1, amounts: { usd: 4900 } };
  const report = (verdict, charges = 1) => ({
    explanation: 'Why.',
    report: {
      verdict,
      owed,
      charged: { charges, amounts: { usd: 4900 * charges } },
      scenario: { seed: 1, faults: [] },
      timeline: [],
    },
  });
  const tested = (verdicts, more = {}) => ({
    baseline: report('billed_once'),
    reports: verdicts.map((verdict) => report(verdict, verdict === 'charged_twice' ? 2 : 1)),
    charges_nothing: false,
    ...more,
  });

  test.each([
    [
      ['charged_twice', 'charged_twice', 'billed_once'],
      'bad',
      'This flow would charge this customer twice in 2 of 3 faults.',
      '',
    ],
    [['charged_twice'], 'bad', 'This flow would charge this customer twice in 1 of 1 fault.', ''],
    [
      ['lost', 'unfinished', 'billed_once'],
      'bad',
      'This flow would lose a charge in 1 of 3 faults.',
      'In 1 a run fails before everything is charged and says so; nobody is charged twice by that.',
    ],
    [
      ['over_spent', 'lost'],
      'bad',
      'This flow would spend more than is owed in 1 of 2 faults.',
      'In 1 a charge is lost, and no run says so.',
    ],
    [['billed_once', 'billed_once'], 'good', 'This flow charges nobody twice in any of 2 faults.', ''],
  ])('%j', (verdicts, tone, sentence, detail) => {
    expect(headline(tested(verdicts))).toEqual({ tone, sentence, detail });
  });

  test('a flow that charges nobody is no good flow', () => {
    const said = headline(tested([], { charges_nothing: true }));
    expect([said.tone, said.sentence]).toEqual(['warn', 'This flow charged nobody.']);
    const baseline = report('unfinished');
    baseline.report.timeline = [{ at: 1, kind: 'run_failed', text: 'run 1 fails at step_1: no' }];
    expect(headline(tested([], { charges_nothing: true, baseline })).detail).toBe(
      'Run 1 fails at step_1: no. So nothing is charged that a fault could repeat.',
    );
  });

  test('a flow that is wrong undisturbed says so first', () => {
    const said = headline(tested(['charged_twice'], { baseline: report('charged_twice', 2) }));
    expect(said.sentence).toBe('This flow does not bill what is owed even when nothing goes wrong.');
  });

  test('the figures are those of the dearest fault', () => {
    const { worst, excess: more } = figures(tested(['billed_once', 'charged_twice']));
    expect([worst.charged.charges, more.amounts]).toEqual([2, { usd: 4900 }]);
  });
});

describe('lanes', () => {
  const event = (at, kind, run) => ({ at, kind, text: '', ...(run ? { run } : {}) });

  test('runs one after the other share a lane, runs at once have their own, and Stripe is below them', () => {
    const after = [
      event(0, 'run_started', 'run 1'),
      event(5, 'run_failed', 'run 1'),
      event(20_000, 'run_started', 'run 2'),
    ];
    expect(lanesOf(after).names).toEqual(['Outside', 'Runs', 'Stripe']);
    expect(lanesOf(after).gaps).toEqual([{ at: 2, ms: 19_995 }]);
    const atOnce = [
      event(0, 'delivery', 'run 1'),
      event(1, 'run_started', 'run 1'),
      event(1, 'run_started', 'run 2'),
      event(2, 'charge', 'run 2'),
      event(3, 'run_succeeded', 'run 1'),
    ];
    const { names, marks, links } = lanesOf(atOnce);
    expect(names).toEqual(['Outside', 'Runs', '', 'Stripe']);
    expect(marks.map(({ lane }) => lane)).toEqual([0, 1, 2, 3, 1]);
    expect(links).toEqual([
      { at: 0, from: 1, to: 0 },
      { at: 3, from: 2, to: 3 },
    ]);
  });

  test('what goes wrong before a run starts is not drawn as a part of it', () => {
    const { marks, spans } = lanesOf([
      event(0, 'fault', 'run 2'),
      event(0, 'delivery', 'run 1'),
      event(1, 'run_started', 'run 1'),
      event(2, 'run_started', 'run 2'),
      event(3, 'fault', 'run 2'),
      event(4, 'run_succeeded', 'run 1'),
    ]);
    expect(marks.map(({ lane }) => lane)).toEqual([0, 0, 1, 2, 2, 1]);
    expect(spans.map(({ from }) => from)).toEqual([2, 3]);
  });

  test('no events are no lanes of runs', () => {
    expect(lanesOf([]).names).toEqual(['Outside', 'Stripe']);
  });
});

test('of very many events a part is shown, which has the moment in it and stands still for a while', () => {
  expect(partOf(300, 7)).toEqual({ from: 0, to: 300 });
  expect(partOf(20_000, null)).toEqual({ from: 0, to: 300 });
  expect(partOf(20_000, 19_999)).toEqual({ from: 19_700, to: 20_000 });
  for (let at = 0; at < 2_000; at++) {
    const { from, to } = partOf(2_000, at);
    expect([to - from, from <= at, at < to]).toEqual([300, true, true]);
  }
  expect(new Set(Array.from({ length: 100 }, (_, at) => partOf(2_000, 500 + at).from)).size).toBe(1);
});

describe('a step’s card', () => {
  const steps = (...given) => readFlow(flowOf(...given)).steps;

  test('says what the step is', () => {
    const [charge] = steps(http());
    expect([kindOf(charge), describeStep(charge)]).toEqual(['stripe', 'POST api.stripe.com/v1/charges']);
    const [many] = steps(loop(code('')));
    expect([kindOf(many), describeStep(many)]).toEqual([
      'loop',
      "For each of trigger['output']['body']['lines']",
    ]);
    const [fork] = steps(router('step_5', { Upgrade: chain(code('')), Renewal: null }));
    expect([kindOf(fork), describeStep(fork)]).toEqual(['router', 'The first branch that matches']);
  });

  test('shows no raw key', () => {
    const key = ['sk', 'live', '51AbCdEfGh'].join('_');
    expect(hidden(`Bearer ${key}`)).toBe('Bearer sk_live_••••');
    const [step] = steps(code(`const key = '${key}';`, { key }));
    expect(JSON.stringify(details(step))).not.toContain('51AbCdEfGh');
  });
});
