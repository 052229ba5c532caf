// Reading exports: real ones, older ones, and what is none.
import { BillonceError } from 'billonce';
import { readFlow } from 'billonce/lab';
import { describe, expect, it, test } from 'vitest';
import { code, EXPORTED, flowOf, GUARDED, http, loop, router } from './flows.mjs';

const refusal = (input) => {
  try {
    readFlow(input);
  } catch (error) {
    if (!(error instanceof BillonceError)) throw error;
    return [error.code, error.field, error.message];
  }
  return 'read';
};

describe('an export of a real server', () => {
  const flow = readFlow(EXPORTED);

  it('has its trigger and steps as a tree', () => {
    const { name, schema_version, trigger } = flow;
    expect({ name, schema_version }).toEqual({
      name: 'Stripe charge with idempotency key',
      schema_version: '22',
    });
    expect(trigger).toEqual({
      type: 'trigger',
      name: 'trigger',
      title: 'Catch Webhook',
      piece: '@activepieces/piece-webhook',
      trigger: 'catch_webhook',
      input: { authType: 'none', authFields: {} },
      sample_data: null,
    });
    const shape = ({ name, type, steps, branches }) => [
      name,
      type,
      ...(steps ?? []).map(shape),
      ...(branches ?? []).map((branch) => ({ [branch.name]: branch.steps.map(shape) })),
    ];
    expect(flow.steps.map(shape)).toEqual([
      ['step_1', 'code'],
      ['step_2', 'piece'],
      ['step_3', 'router', { 'Charge ok': [['step_4', 'loop', ['step_5', 'code']]] }, { Otherwise: [] }],
    ]);
  });

  it("has each step's settings", () => {
    const [step_1, step_2, step_3] = flow.steps;
    expect(step_1).toMatchObject({ title: 'Code', skip: false, retry_on_failure: false, package_json: '{}' });
    expect(step_1.code).toContain('export const code = async (inputs)');
    expect(step_2).toMatchObject({
      piece: '@activepieces/piece-http',
      version: '0.11.10',
      action: 'send_request',
    });
    expect(step_2.input.failureMode).toBe('continue_none');
    expect(step_3).toMatchObject({ execution: 'first_match' });
    expect(step_3.branches.map(({ fallback }) => fallback)).toEqual([false, true]);
    expect(step_3.branches[0].steps[0].items).toBe("{{trigger['output']['body']['lines']}}");
  });

  it('reads the same from text, bytes, a parsed value, and behind a byte order mark', () => {
    expect(readFlow(Buffer.from(EXPORTED))).toEqual(flow);
    expect(readFlow(JSON.parse(EXPORTED))).toEqual(flow);
    expect(readFlow(`\uFEFF${EXPORTED}`)).toEqual(flow);
    expect(readFlow(Buffer.from(`\uFEFF${EXPORTED}`))).toEqual(flow);
  });

  it('reads the same in the wrapper from before 0.77, and bare', () => {
    const { flows, ...rest } = JSON.parse(EXPORTED);
    expect(readFlow({ ...rest, template: flows[0] })).toEqual(flow);
    expect(readFlow(flows[0])).toEqual(flow);
  });
});

test.each([
  ['1', '1'],
  ['99', '99'],
  [7, '7'],
  [null, null],
  [undefined, null],
])('schemaVersion %j', (given, read) => {
  const file = JSON.parse(GUARDED);
  file.flows[0].schemaVersion = given;
  expect(readFlow(file).schema_version).toBe(read);
});

test('both reference syntaxes reach their steps', () => {
  const input = { newer: "{{step_1['output'].x}}", older: "{{step_1['x']}}{{trigger['body']['y']}}" };
  expect(refusal(flowOf(code(''), code('', input, { name: 'step_2' })))).toBe('read');
});

test('names within texts and members are no references', () => {
  const input = {
    a: "{{trigger['output']['step_7']}}",
    b: "{{trigger.step_7 + 'step_8'}}",
    c: 'step_9 {step_9}',
  };
  expect(refusal(flowOf(code('', input)))).toBe('read');
});

test('a Branch from before routers is a router of two', () => {
  const branch = { name: 'step_1', type: 'BRANCH', displayName: 'Paid?', settings: {} };
  const children = {
    onSuccessAction: code('', {}, { name: 'step_2' }),
    onFailureAction: code('', {}, { name: 'step_3' }),
  };
  const [step] = readFlow(flowOf({ ...branch, ...children })).steps;
  expect(step.branches.map(({ name, steps }) => [name, steps[0].name])).toEqual([
    ['True', 'step_2'],
    ['False', 'step_3'],
  ]);
});

describe('what is no flow', () => {
  const circular = code('');
  circular.nextAction = circular;
  const knot = {};
  knot.knot = knot;
  const getter = {
    get flows() {
      throw new Error('no');
    },
  };
  const broken = (step) => ({
    ...flowOf(code('')),
    flows: [{ trigger: { name: 'trigger', type: 'EMPTY', nextAction: step } }],
  });
  const SHAPE = 'give the JSON file that Export of Activepieces downloads';
  const TYPES = 'known are CODE, PIECE, LOOP_ON_ITEMS, ROUTER, BRANCH';

  test.each([
    ['nothing', undefined, ['wrong_type', 'flow', `flow is missing, not a flow: ${SHAPE}`]],
    ['an empty text', ' \n', ['empty_field', 'flow', `flow is empty: ${SHAPE}`]],
    ['a list', '[]', ['wrong_type', 'flow', `flow is a list, not a flow: ${SHAPE}`]],
    ['no JSON', 'PK… }', ['invalid_flow', 'flow', `flow is not JSON: ${SHAPE}`]],
    [
      'truncated JSON',
      EXPORTED.slice(0, 3000),
      ['invalid_flow', 'flow', 'flow breaks off or is damaged: download it again'],
    ],
    [
      'no UTF-8',
      new Uint8Array([0xff, 0xfe, 0]),
      ['invalid_flow', 'flow', `flow is not UTF-8 text: ${SHAPE}`],
    ],
    [
      'other JSON',
      '{"name":"x"}',
      ['invalid_flow', 'flow', `flow has neither flows nor template nor trigger, so it is no flow: ${SHAPE}`],
    ],
    [
      'a throwing getter',
      getter,
      ['unreadable_input', 'flow', 'flow cannot be read: give the exported JSON'],
    ],
    ['two flows', { flows: [{}, {}] }, ['invalid_flow', 'flows', 'flows has 2 flows; export one at a time']],
    [
      '50 MB of text',
      ' '.repeat(50_000_000),
      ['input_too_large', 'flow', 'flow is larger than 20 MB: export it without sample data'],
    ],
    [
      '50 MB of bytes',
      new Uint8Array(50_000_000),
      ['input_too_large', 'flow', 'flow is larger than 20 MB: export it without sample data'],
    ],
    [
      'an unknown type',
      broken({ name: 'step_1', type: 'SUBFLOW' }),
      ['invalid_flow', 'step_1.type', `step_1.type is not known here; ${TYPES}`],
    ],
    [
      'no type',
      broken({ name: 'step_1' }),
      ['invalid_flow', 'step_1.type', `step_1.type is not there; ${TYPES}`],
    ],
    [
      'no name',
      broken({ type: 'CODE' }),
      [
        'missing_field',
        'trigger.nextAction.name',
        'trigger.nextAction.name is not there; every step has a name',
      ],
    ],
    [
      'a name that is none',
      broken({ name: 'sk_live_1 2', type: 'CODE' }),
      [
        'invalid_flow',
        'trigger.nextAction.name',
        'trigger.nextAction.name is no name of a step: Activepieces writes one such as "step_1"',
      ],
    ],
    [
      'a text for a step',
      broken('step_1'),
      ['wrong_type', 'trigger.nextAction', 'trigger.nextAction is a string where a step belongs'],
    ],
    [
      'a step that follows itself',
      broken(circular),
      ['invalid_flow', 'step_1', 'step_1 is there twice: steps are circular, or two have one name'],
    ],
    [
      'circular settings',
      broken({ name: 'step_1', type: 'CODE', settings: knot }),
      [
        'input_too_large',
        'step_1.settings',
        'step_1.settings is circular, nested more than 200 deep, or has more than 200,000 values',
      ],
    ],
    [
      'a Code step without code',
      broken({ name: 'step_1', type: 'CODE' }),
      [
        'wrong_type',
        'step_1.settings.sourceCode.code',
        'step_1.settings.sourceCode.code is missing; a Code step has its source there as text',
      ],
    ],
    [
      'a missing step',
      flowOf(code(''), http({ url: "{{step_8['output'].url}}" })),
      [
        'unresolved_reference',
        'step_2.url',
        'step_2.url refers to step_8, which this flow does not have: it would be empty when the flow runs',
      ],
    ],
    [
      'a step that comes later',
      flowOf(
        code('', { a: "{{step_2['output'].url}}" }),
        code('', { a: "{{step_1['output'].url}}" }, { name: 'step_2' }),
      ),
      [
        'unresolved_reference',
        'step_1.a',
        'step_1.a refers to step_2, which comes only after it: it would be empty when the flow runs',
      ],
    ],
    [
      'a step that refers to itself',
      flowOf(code('', { a: { b: '{{step_1.x}}' } })),
      [
        'unresolved_reference',
        'step_1.a.b',
        'step_1.a.b refers to the step itself: it would be empty when the flow runs',
      ],
    ],
    [
      'a missing step in a loop',
      flowOf(loop(code(''), { items: '{{step_8.x}}' })),
      [
        'unresolved_reference',
        'step_9.items',
        'step_9.items refers to step_8, which this flow does not have: it would be empty when the flow runs',
      ],
    ],
  ])('%s', (_, input, expected) => {
    expect(refusal(input)).toEqual(expected);
  });

  test('5,000 steps', () => {
    const steps = Array.from(
      { length: 5000 },
      (_, at) => `"nextAction":{"name":"step_${at + 1}","type":"CODE","settings":{"sourceCode":{"code":""}},`,
    );
    const text = `{"trigger":{"name":"trigger","type":"EMPTY",${steps.join('')}"x":1${'}'.repeat(5002)}`;
    const message = 'step_2001 is one step too many: flows of up to 2,000 steps can be read';
    expect(refusal(text)).toEqual(['input_too_large', 'step_2001', message]);
  });

  test('loops within loops, without end', () => {
    let step = code('');
    for (let at = 2; at < 100; at++) step = loop(step, { name: `step_${at}` });
    expect(refusal(flowOf(step))).toEqual([
      'input_too_large',
      'step_48',
      'step_48 sits in more than 50 loops and branches',
    ]);
  });

  test('every way of cutting a file short is refused, none with another error', () => {
    for (let end = 0; end < EXPORTED.length; end += 97)
      expect(refusal(EXPORTED.slice(0, end))[0]).toMatch(/^(invalid_flow|empty_field)$/);
  });
});

test('branches and loops within each other', () => {
  const flow = readFlow(flowOf(loop(router('step_3', { a: code(''), b: null }))));
  expect(flow.steps[0].steps[0].branches.map(({ name, steps }) => [name, steps.length])).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
});
