import { isolateNode, runInIsolate, warnIsolateNotRun } from '../../activepieces/hosts.mjs';
import { runStep } from './code-step.mjs';

export const name = 'Code step, V8 isolate';

/** Whether this machine can run it. */
export function available() {
  if (isolateNode()) return true;
  warnIsolateNotRun('the conformance suite in the V8 isolate');
  return false;
}

export const run = (suite) => runStep(suite, runInIsolate);
