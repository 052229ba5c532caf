// Flows for the lab's tests, made of the shapes of a real export.
import { readFileSync } from 'node:fs';
import { codeStep, flowFile, httpStep, loopStep } from '../../scripts/demo/export-shape.mjs';

const root = new URL('../../', import.meta.url);

export const textOf = (path) => readFileSync(new URL(path, root), 'utf8');
export const EXPORTED = textOf('tests/vectors/exported-flow-0.85.4.json');
export const GUARDED = textOf('examples/activepieces-code-step/flow.json');
export const UNGUARDED = textOf('scripts/demo/without-billonce.flow.json');

/** A flow of these steps, one after the other. */
export const flowOf = (...steps) => flowFile({ name: 'Test', description: '', steps });

/** Its steps' names are step_1, step_2 … where none are given. */
export const code = (source, input = {}, more = {}) => ({
  ...codeStep({ name: 'step_1', title: 'Code', input, code: source, packageJson: '{}' }),
  ...more,
});

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** A POST to Stripe, right in all that `input` does not change. */
export function http(input = {}, { name = 'step_2', ...more } = {}) {
  const step = httpStep({
    name,
    title: 'Charge',
    url: 'https://api.stripe.com/v1/charges',
    headers: { ...FORM, 'Idempotency-Key': "{{trigger['output']['body']['invoice_id']}}" },
    body_type: 'raw',
    data: "amount=4900&currency=usd&customer={{trigger['output']['body']['customer']}}",
    token: "{{connections['stripe']}}",
  });
  return { ...step, ...more, settings: { ...step.settings, input: { ...step.settings.input, ...input } } };
}

export const loop = (
  firstLoopAction,
  { name = 'step_9', items = "{{trigger['output']['body']['lines']}}" } = {},
) => loopStep({ name, title: 'Loop', items, firstLoopAction });

export const chain = (first, ...rest) => (rest.length > 0 ? { ...first, nextAction: chain(...rest) } : first);

export function router(name, branches) {
  const named = Object.keys(branches).map((branchName) => ({
    branchName,
    branchType: 'CONDITION',
    conditions: [[]],
  }));
  const settings = { branches: named, executionType: 'EXECUTE_FIRST_MATCH', sampleData: {} };
  return {
    name,
    type: 'ROUTER',
    skip: false,
    valid: true,
    displayName: 'Router',
    settings,
    children: Object.values(branches),
  };
}
