// Every Node that is maintained, by import and by require.

import { broughtNode, jsonOf, missing } from '../../support/hosts.mjs';
import { consumer } from '../../support/packed.mjs';

const IMPORT = `
import { run } from './run.mjs';
console.log(JSON.stringify({ version: process.versions.node, ...(await run()) }));
`;

const REQUIRE = `
import('./before.mjs').then(async ({ before }) => {
  const billonce = require('billonce');
  const [{ runCases }, { vectors }] = await Promise.all([import('./cases.mjs'), import('./vectors.mjs')]);
  console.log(JSON.stringify({ version: process.versions.node, ...(await runCases(billonce, vectors, before)) }));
});
`;

/** The brought one, or the developer's own where it is of that version. */
function nodeOf(major) {
  const own = Number(process.versions.node.split('.')[0]) === major;
  return own && missing(broughtNode(major)) ? process.execPath : broughtNode(major);
}

const launcher = (major, way, file, program) => ({
  name: `Node ${major}, ${way}`,
  missing: () => missing(nodeOf(major)),
  run: (suite) => jsonOf(nodeOf(major), [file], { cwd: consumer({ ...suite, [file]: program }) }),
});

export const launchers = [20, 22, 24, 26].flatMap((major) => [
  launcher(major, 'import', 'main.mjs', IMPORT),
  launcher(major, 'require', 'main.cjs', REQUIRE),
]);
