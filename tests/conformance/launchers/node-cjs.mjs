import { runInFolder } from './node.mjs';

const PROGRAM = `
const billonce = require('billonce');
Promise.all([import('./cases.mjs'), import('./vectors.mjs')]).then(([{ runCases }, { vectors }]) => {
  console.log(JSON.stringify(runCases(billonce, vectors)));
});
`;

export const name = 'Node, require';

export const run = (suite) => runInFolder('main.cjs', PROGRAM, suite);
