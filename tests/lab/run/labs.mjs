// A lab for a test: a flow of steps in a world, with what the test wants to be otherwise.
import { openLab, openWorld, readFlow } from 'billonce/lab-worker';
import { flowOf } from '../flows.mjs';

export { chain, code, flowOf, http, loop } from '../flows.mjs';

export const NOW = Date.UTC(2026, 5, 1, 12);
export const CONNECTIONS = { stripe: 'sk_test_a_secret_of_tests', vault: 'vault_key_a_secret_of_tests' };
const PROXY = {
  kind: 'spend_cap',
  policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 1000 },
};

export const worldOf = (more = {}) => openWorld({ seed: 1, now: NOW, proxy: PROXY, ...more });

/**
 * Opens a lab. `steps` is a list of steps, or a whole file.
 *
 * @returns the lab, its timeline, its world, and `outputs`: what the step `seen` was given, in each of its runs.
 */
export function labOf(steps, settings = {}) {
  const timeline = [];
  const seen = [];
  const world = settings.world ?? worldOf();
  const lab = openLab({
    flow: readFlow(Array.isArray(steps) ? flowOf(...steps) : steps),
    connections: CONNECTIONS,
    answerOf: () => ({ status: 200, body: { ok: true } }),
    outputs: {},
    fateOf: () => ({}),
    tell: (event) => timeline.push(event),
    inputOf: ({ name }, input) => {
      if (name === 'seen') seen.push(input);
      return input;
    },
    ...settings,
    world,
  });
  return { lab, timeline, world, seen };
}

/** One delivery, to its end. */
export async function runOnce(steps, payload = {}, settings = {}) {
  const made = labOf(steps, settings);
  const run = made.lab.deliver(payload);
  await made.lab.settle();
  return { ...made, run };
}

/** A step whose resolved input is what the test looks at. */
export const seenStep = (input) => ({
  name: 'seen',
  type: 'CODE',
  skip: false,
  valid: true,
  displayName: 'Seen',
  settings: { input, sourceCode: { code: 'export const code = (inputs) => inputs;', packageJson: '{}' } },
});

/** A Code step by name. */
export const codeNamed = (name, source, input = {}, options = {}) => ({
  name,
  type: 'CODE',
  skip: false,
  valid: true,
  displayName: name,
  settings: {
    input,
    sourceCode: { code: source, packageJson: '{}' },
    errorHandlingOptions: {
      retryOnFailure: { value: options.retry ?? false },
      continueOnFailure: { value: options.goOn ?? false },
    },
  },
});

/** A router of branches: `{ name: [conditions, firstStep] }`, or `'fallback'` in the conditions' place. */
export const routerOf = (name, branches, executionType = 'EXECUTE_FIRST_MATCH') => ({
  name,
  type: 'ROUTER',
  skip: false,
  valid: true,
  displayName: name,
  settings: {
    executionType,
    branches: Object.entries(branches).map(([branchName, [conditions]]) =>
      conditions === 'fallback'
        ? { branchName, branchType: 'FALLBACK' }
        : { branchName, branchType: 'CONDITION', conditions },
    ),
  },
  children: Object.values(branches).map(([, first]) => first ?? null),
});

export const stepsRun = (timeline) =>
  timeline
    .filter(({ kind }) => kind === 'step_succeeded')
    .map(({ step, loop_index = [] }) => step + loop_index.map((index) => `[${index}]`).join(''));

/** The kinds and times of what was told of one step. */
export const timesOf = (timeline, kind, step) =>
  timeline.filter((event) => event.kind === kind && (!step || event.step === step)).map(({ at }) => at);
