// `npm test`: installs what is missing, checks, and runs every test. Further arguments go to vitest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { prepare } from './lib/prepare.mjs';
import { loud, main, root, Stop } from './lib/run.mjs';

main(async () => {
  const started = performance.now();
  await prepare({ build: true, hosts: true });
  await check();
  loud('cargo', ['test', '--locked', '--quiet']);
  const report = join(root, 'target/vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  loud(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...reporters,
    ...process.argv.slice(2),
  ]);
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  if (numPassedTests === 0) throw new Stop('No test of the package ran');
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\nAll Rust tests above, and of the package's (${seconds} s in all):`);
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
});
