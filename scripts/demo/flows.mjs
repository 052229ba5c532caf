// The two flows that are compared, and what a fault changes in them. A variant is applied to both alike.
import { readFileSync } from 'node:fs';
import { loopStep } from './export-shape.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const EXAMPLES = '../../examples/activepieces-code-step';

const files = {
  without: read('without-billonce.flow.json'),
  with: read(`${EXAMPLES}/flow.json`),
};

/** @typedef {{ flow: object, code: object, charge: object, notify: object, guarded: boolean }} Parts */

/**
 * A fresh copy of a flow, with a fault's variant of it.
 *
 * @param {'without' | 'with'} side
 * @param {(parts: Parts) => void} [variant]
 */
export function makeFlow(side, variant) {
  const parts = dissect(side);
  variant?.(parts);
  return parts.flow;
}

/** The same, sent to a Stripe, or to a proxy before one, at another address. */
export function redirected(flow, address) {
  const copy = structuredClone(flow);
  for (const step of stepsOf(copy)) {
    const { input } = step.settings;
    if (input?.base_url) input.base_url = `${address}/stripe`;
    if (input?.url) input.url = input.url.replace(/^https:\/\/(api\.stripe|proxy\.keybrake)\.com/, address);
  }
  return copy;
}

/** The sources of a flow's Code steps. */
export function codeOf(flow) {
  return stepsOf(flow).flatMap((step) => step.settings.sourceCode?.code ?? []);
}

/** The HTTP step sends again when it is answered with 5xx. */
export function resending({ charge }) {
  charge.settings.input.failureMode = 'retry_5xx';
}

/** One charge for each line of an invoice, with billonce told nothing of the loop. */
export function looping({ flow, code, charge, notify }) {
  const { trigger } = flow.flows[0];
  const loop = {
    name: 'step_4',
    title: 'Every line',
    items: "{{trigger['output']['body']['lines']}}",
    firstLoopAction: code,
  };
  code.settings.input.amount_cents = "{{step_4['output']['item']['amount_cents']}}";
  delete charge.nextAction;
  trigger.nextAction = { ...loopStep(loop), nextAction: notify };
}

/** The same, with the loop's index in the key. */
export function loopingWithIndex(parts) {
  looping(parts);
  if (!parts.guarded) return;
  const { input, sourceCode } = parts.code.settings;
  delete input.amount_cents;
  input.item = "{{step_4['output']['item']}}";
  input.index = "{{step_4['output']['index']}}";
  sourceCode.code = read(`${EXAMPLES}/loop.ts`);
}

/** The charge's type in the key. */
export function withChargeType({ code, guarded }) {
  if (!guarded) return;
  code.settings.input.charge_type = "{{trigger['output']['body']['charge_type']}}";
  code.settings.sourceCode.code = read(`${EXAMPLES}/charge-type.ts`);
}

/** @returns {Parts} */
function dissect(side) {
  const flow = JSON.parse(files[side]);
  const code = flow.flows[0].trigger.nextAction;
  const charge = code.nextAction;
  return { flow, code, charge, notify: charge.nextAction, guarded: side === 'with' };
}

function stepsOf(flow) {
  const chain = (step) => (step ? [step, ...chain(step.firstLoopAction), ...chain(step.nextAction)] : []);
  return chain(flow.flows[0].trigger.nextAction);
}
