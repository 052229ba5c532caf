// A run of vitest, shown as it goes, and counted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loud, root, Stop } from './run.mjs';

/** How many tests passed, failed and were skipped, as a sentence. None at all is a failure. */
export function runVitest(args, env) {
  const report = join(root, 'target/vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  loud(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args], {
    env,
  });
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  if (numPassedTests === 0) throw new Stop('No test of the package ran');
  return `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
}
