import { bun, jsonOf, missing } from '../../support/hosts.mjs';
import { consumer } from '../../support/packed.mjs';

const PROGRAM = `
import { run } from './run.mjs';
console.log(JSON.stringify({ version: Bun.version, ...(await run()) }));
`;

export const launchers = [
  {
    name: 'Bun',
    missing: () => missing(bun),
    run: (suite) =>
      jsonOf(bun, ['--no-install', 'main.mjs'], { cwd: consumer({ ...suite, 'main.mjs': PROGRAM }) }),
  },
];
