// A router's conditions, operator by operator.
import { expect, test } from 'vitest';
import { codeNamed, routerOf, runOnce, stepsRun } from './labs.mjs';

async function holds(conditions) {
  const branches = {
    Yes: [conditions, codeNamed('step_1', 'export const code = () => 0;')],
    No: ['fallback'],
  };
  const { timeline } = await runOnce([routerOf('step_9', branches)], PAYLOAD);
  return stepsRun(timeline).includes('step_1');
}

const PAYLOAD = { list: ['A', 2], empty: [], on: true, off: false, zero: 0, text: 'Hello' };
const ref = (name) => `{{trigger['output'].body.${name}}}`;

test.each([
  ['TEXT_CONTAINS', 'Hello', 'ELL', true],
  ['TEXT_CONTAINS', 'Hello', 'ELL', false, { caseSensitive: true }],
  ['TEXT_CONTAINS', ref('list'), '"a",2', true],
  ['TEXT_DOES_NOT_CONTAIN', 'Hello', 'x', true],
  ['TEXT_EXACTLY_MATCHES', ref('text'), 'hello', true],
  ['TEXT_EXACTLY_MATCHES', ref('text'), 'hello', false, { caseSensitive: true }],
  ['TEXT_EXACTLY_MATCHES', ref('zero'), '0', true],
  ['TEXT_DOES_NOT_EXACTLY_MATCH', 'a', 'b', true],
  ['TEXT_STARTS_WITH', 'Hello', 'he', true],
  ['TEXT_DOES_NOT_START_WITH', 'Hello', 'he', false],
  ['TEXT_ENDS_WITH', 'Hello', 'LO', true],
  ['TEXT_DOES_NOT_END_WITH', 'Hello', 'x', true],
  ['NUMBER_IS_GREATER_THAN', '10', '9', true],
  ['NUMBER_IS_GREATER_THAN', '9', '10', false],
  ['NUMBER_IS_LESS_THAN', ref('zero'), '1', true],
  ['NUMBER_IS_EQUAL_TO', '1.0', '1', true],
  ['NUMBER_IS_EQUAL_TO', 'x', '1', false],
  ['BOOLEAN_IS_TRUE', ref('on'), undefined, true],
  ['BOOLEAN_IS_TRUE', ref('off'), undefined, false],
  // As in Activepieces: any text is true.
  ['BOOLEAN_IS_TRUE', 'false', undefined, true],
  ['BOOLEAN_IS_FALSE', ref('off'), undefined, true],
  ['BOOLEAN_IS_FALSE', ref('missing'), undefined, true],
  ['DATE_IS_AFTER', '2026-06-02', '2026-06-01T23:59:59Z', true],
  ['DATE_IS_BEFORE', '2026-06-01', '2026/06/02', true],
  ['DATE_IS_EQUAL', '2026-06-01', '2026-06-01T00:00:00Z', true],
  ['DATE_IS_AFTER', 'no date', '2026-06-01', false],
  ['LIST_CONTAINS', ref('list'), 'a', true],
  ['LIST_CONTAINS', ref('list'), '2', true],
  ['LIST_CONTAINS', '["x"]', 'X', true],
  ['LIST_CONTAINS', 'x', 'x', true],
  ['LIST_DOES_NOT_CONTAIN', ref('list'), 'b', true],
  ['LIST_IS_EMPTY', ref('empty'), undefined, true],
  ['LIST_IS_EMPTY', ref('missing'), undefined, false],
  ['LIST_IS_NOT_EMPTY', ref('list'), undefined, true],
  ['LIST_IS_NOT_EMPTY', 'text', undefined, false],
  ['EXISTS', ref('zero'), undefined, true],
  ['EXISTS', ref('missing'), undefined, false],
  ['DOES_NOT_EXIST', ref('missing'), undefined, true],
])('%s of %j and %j is %s', async (operator, firstValue, secondValue, expected, more = {}) => {
  expect(await holds([[{ operator, firstValue, secondValue, ...more }]])).toBe(expected);
});

const yes = { operator: 'EXISTS', firstValue: 'x' };
const no = { operator: 'EXISTS', firstValue: '' };

test.each([
  [[[yes, no]], false],
  [[[yes, yes]], true],
  [[[no], [yes]], true],
  [[[no], [yes, no]], false],
  [[], false],
  [[[]], true],
])('groups: %j', async (conditions, expected) => {
  expect(await holds(conditions)).toBe(expected);
});

test('an operator that the lab does not know', async () => {
  await expect(holds([[{ operator: 'TEXT_RHYMES_WITH', firstValue: 'a' }]])).rejects.toMatchObject({
    code: 'invalid_flow',
    field: 'step_9',
    message: expect.stringMatching(
      /^step_9 asks TEXT_RHYMES_WITH, which the lab does not know: known are TEXT_CONTAINS, /,
    ),
  });
});

test('no operator at all fails the step, as in Activepieces', async () => {
  const { run } = await runOnce([routerOf('step_9', { A: [[[{ firstValue: 'a' }]]] })]);
  expect(run).toMatchObject({ status: 'FAILED', failed_step: 'step_9' });
});
