// What `{{…}}` gives: paths in both syntaxes, texts around them, JavaScript, and nothing where nothing is.
import { expect, test } from 'vitest';
import { codeNamed, flowOf, runOnce, seenStep } from './labs.mjs';

const OUTPUT = {
  request: { url: 'u', 'odd name': 1 },
  list: [{ a: 1 }, { a: 2 }],
  zero: 0,
  none: null,
  off: false,
};
const first = codeNamed('step_1', `export const code = () => (${JSON.stringify(OUTPUT)});`);

async function filled(input, payload = { x: { y: 7 } }) {
  const { seen, run } = await runOnce([first, seenStep(input)], payload);
  expect(run.status).toBe('SUCCEEDED');
  return seen[0];
}

test.each([
  ["{{step_1['output'].request.url}}", 'u'],
  ["{{step_1['output']['request']['odd name']}}", 1],
  ['{{ step_1.output.list[1].a }}', 2],
  ["{{step_1['output'].list}}", OUTPUT.list],
  ["{{step_1['output']}}", OUTPUT],
  ["{{trigger['output'].body.x}}", { y: 7 }],
  ["{{trigger['output']['body']['x']['y']}}", 7],
  ["{{step_1['output'].zero}}", 0],
  ["{{step_1['output'].off}}", false],
  ['a {{trigger.output.body.x.y}} b {{step_1.output.list}}', 'a 7 b [{"a":1},{"a":2}]'],
  [' {{trigger.output.body.x.y}} ', 7],
  ['no reference', 'no reference'],
  ['an open {{ brace', 'an open {{ brace'],
  ["{{connections['stripe']}}", 'sk_test_a_secret_of_tests'],
  ['{{connections.vault}}', 'vault_key_a_secret_of_tests'],
])('%s', async (text, value) => {
  expect(await filled({ value: text })).toEqual({ value });
});

test.each([
  "{{step_1['output'].missing}}",
  "{{step_1['output'].missing.deeper}}",
  "{{step_1['output'].none}}",
  "{{trigger['output'].body.x.y.z}}",
  '{{nobody.output.x}}',
  "{{connections['absent']}}",
  '{{this is no JavaScript}}',
  '{{}}',
  "{{import('node:fs')}}",
])('%s is an empty text', async (text) => {
  expect(await filled({ value: text, 'in a text': `<${text}>` })).toEqual({ value: '', 'in a text': '<>' });
});

test.each([
  ["{{step_1['output'].list.length}}", 2],
  ["{{step_1['output'].list.map(({ a }) => a * 10)}}", [10, 20]],
  ["{{trigger['output'].body.x.y + 1}}", 8],
  ["{{step_1['output'].request.url.toUpperCase()}}", 'U'],
  ["{{step_1['output'].zero ? 'yes' : 'no'}}", 'no'],
  ["{{ { total: step_1['output'].list.length } }}", { total: 2 }],
  ["{{flattenNestedKeys(step_1['output'].list, ['a'])}}", [1, 2]],
  ["item {{flattenNestedKeys(step_1['output'].list, ['a'])}}", ['item 1', 'item 2']],
])('as JavaScript: %s', async (text, value) => {
  expect(await filled({ value: text })).toEqual({ value });
});

test('in lists and objects, and a name that is a prototype', async () => {
  const input = JSON.parse(
    '{ "a": ["{{trigger.output.body.x.y}}"], "b": { "__proto__": "{{step_1.output.zero}}" } }',
  );
  const value = await filled(input);
  expect(value.a).toEqual([7]);
  expect(Object.getOwnPropertyDescriptor(value.b, '__proto__').value).toBe(0);
});

test('the syntax before 0.85, where a reference has no output in it', async () => {
  const steps = [
    first,
    seenStep({ a: "{{step_1['request']['url']}}", b: "{{trigger['body']['x']['y']}}", c: '{{step_1}}' }),
  ];
  const file = flowOf(...steps);
  file.flows[0].schemaVersion = '8';
  const { seen } = await runOnce(file, { x: { y: 7 } });
  expect(seen).toEqual([{ a: 'u', b: 7, c: OUTPUT }]);
});

test('the old syntax in the old wrapper, with no version at all', async () => {
  const [flow] = flowOf(first, seenStep({ a: "{{step_1['zero']}}" })).flows;
  const { schemaVersion: _, ...template } = flow;
  const { seen } = await runOnce({ name: 'old', template });
  expect(seen).toEqual([{ a: 0 }]);
});

test('an output that is called output, in an old file', async () => {
  const file = flowOf(
    codeNamed('step_1', 'export const code = () => ({ output: { x: 5 } });'),
    seenStep({ a: "{{step_1['output']['x']}}" }),
  );
  file.flows[0].schemaVersion = '20';
  expect((await runOnce(file)).seen).toEqual([{ a: 5 }]);
});

test('the newer syntax in a file of an older version', async () => {
  const file = flowOf(
    first,
    seenStep({
      a: "{{step_1['output'].request.url}}",
      b: "{{trigger['output']['body']['x']['y'] + 1}}",
      c: "{{step_1['zero']}}",
    }),
  );
  file.flows[0].schemaVersion = '4';
  expect((await runOnce(file, { x: { y: 7 } })).seen).toEqual([{ a: 'u', b: 8, c: 0 }]);
});

test('a trigger that is no webhook has its payload for its output', async () => {
  const file = flowOf(seenStep({ a: "{{trigger['output'].hour_of_the_day}}" }));
  Object.assign(file.flows[0].trigger.settings, {
    pieceName: '@activepieces/piece-schedule',
    triggerName: 'every_hour',
  });
  expect((await runOnce(file, { hour_of_the_day: 9 })).seen).toEqual([{ a: 9 }]);
});
