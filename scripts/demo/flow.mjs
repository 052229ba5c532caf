// Runs an exported flow: each step's references are resolved, and the step runs in a worker.
import { resolve } from './references.mjs';
import { WorkerDied } from './worker.mjs';

/**
 * @typedef {object} Run
 * @property {unknown} payload                           what set it off; a dashboard retry uses it again
 * @property {'SUCCEEDED' | 'FAILED' | 'DIED'} status
 * @property {string | null} error
 */

/**
 * A run from its first step on, whatever earlier runs did: so Activepieces does for a new trigger, for a retry from the
 * dashboard and for a run whose worker died.
 *
 * @param {object} flow     the flow file
 * @param {unknown} payload the webhook's body
 * @param {{ worker: import('./worker.mjs').Worker, files: Map<string, string>, connections: Record<string, unknown> }} host
 * @returns {Promise<Run>}
 */
export async function runFlow(flow, payload, host) {
  const { trigger } = flow.flows[0];
  const scope = { connections: host.connections, trigger: { output: { body: payload } } };
  try {
    await runChain(trigger.nextAction, scope, host);
    return { payload, status: 'SUCCEEDED', error: null };
  } catch (error) {
    return { payload, status: error instanceof WorkerDied ? 'DIED' : 'FAILED', error: error.message };
  }
}

/** A step's output is seen by the steps after it, also outside a loop. */
async function runChain(first, scope, host) {
  for (let step = first; step; step = step.nextAction) {
    if (step.type === 'LOOP_ON_ITEMS') await runLoop(step, scope, host);
    else scope[step.name] = { output: await runStep(step, scope, host) };
  }
}

async function runLoop(step, scope, host) {
  const items = resolve(step.settings.items, scope);
  for (const [at, item] of items.entries()) {
    scope[step.name] = { output: { item, index: at + 1 } };
    await runChain(step.firstLoopAction, scope, host);
  }
}

function runStep({ type, name, settings }, scope, { worker, files }) {
  const input = resolve(settings.input, scope);
  if (type === 'CODE') return worker.code(files.get(settings.sourceCode.code), input);
  if (settings.actionName === 'send_request') return worker.http(input);
  throw new Error(`${name} is of a kind that this runner does not know`);
}
