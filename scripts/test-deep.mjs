// `npm run test:deep`: what takes longer than `npm test` should, and what needs Python. Further arguments go to vitest.
import { installLocalstripe } from './lib/localstripe.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, step } from './lib/run.mjs';
import { runVitest } from './lib/vitest.mjs';

main(async () => {
  const started = performance.now();
  await prepare({ build: true });
  const localstripe = await step("PyPI's localstripe", installLocalstripe);
  const env = { BILLONCE_LOCALSTRIPE: JSON.stringify(localstripe) };
  const counted = runVitest(['--config', 'tests/deep/vitest.config.mjs', ...process.argv.slice(2)], env);
  console.log(`\nThe deep suites (${Math.round((performance.now() - started) / 1000)} s):\n${counted}`);
  if (localstripe.missing) console.log(`NOT RUN: localstripe, since ${localstripe.missing}`);
});
