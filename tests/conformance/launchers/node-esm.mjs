import { runInFolder } from './node.mjs';

const PROGRAM = `
import * as billonce from 'billonce';
import { runCases } from './cases.mjs';
import { vectors } from './vectors.mjs';
console.log(JSON.stringify(runCases(billonce, vectors)));
`;

export const name = 'Node, import';

export const run = (suite) => runInFolder('main.mjs', PROGRAM, suite);
