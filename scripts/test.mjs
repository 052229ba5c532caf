// `npm test`: installs what is missing, checks, and runs every test but the deep ones. Further arguments go to vitest.
import { check } from './check.mjs';
import { prepare } from './lib/prepare.mjs';
import { loud, main } from './lib/run.mjs';
import { runVitest } from './lib/vitest.mjs';

main(async () => {
  const started = performance.now();
  await prepare({ build: true, hosts: true });
  await check();
  loud('cargo', ['test', '--locked', '--quiet', '--features', 'lab']);
  const counted = runVitest(process.argv.slice(2));
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\nAll Rust tests above, and of the package's (${seconds} s in all):`);
  console.log(counted);
});
