// `npm start`: what billonce does, shown on a flow that really runs. `npm -s start -- --json` prints the same for
// programs; without -s, npm puts lines of its own before it.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/run.mjs';

const USAGE = 'Usage: npm start, or npm start -- --json';

await main(async () => {
  const unknown = process.argv.slice(2).find((argument) => argument !== '--json');
  if (unknown !== undefined) {
    process.stderr.write(`npm start does not know ${JSON.stringify(unknown)}. ${USAGE}\n`);
    return 2;
  }
  await prepare({ build: true });
  // Only now are the node packages there that the demonstration imports.
  const { demonstrate } = await import('./demo/index.mjs');
  return demonstrate({ json: process.argv.includes('--json') });
});
