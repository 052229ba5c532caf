// `npm run test:deep`: the suites that take longer than a coffee. Further arguments go to vitest.
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { loud, main, root } from './lib/run.mjs';

main(async () => {
  await prepare({ build: true, hosts: true });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  loud(process.execPath, [vitest, 'run', 'tests/deep/', ...process.argv.slice(2)], {
    env: { BILLONCE_DEEP: '1' },
  });
});
