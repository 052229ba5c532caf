// What is exported, what is there and what is documented agree.
import { expect, it } from 'vitest';
import { checkExports, documentedSubpaths } from '../../scripts/check-exports.mjs';

it('exports, files and documents agree', () => {
  expect(checkExports()).toEqual([]);
});

it('documented subpaths are found in code and in text', () => {
  const text = `import 'billonce'; require("billonce/a.b"); \`billonce/c/d\`, 'billonce.e' and 'other/billonce'`;
  expect([...documentedSubpaths(text)]).toEqual(['.', './a.b', './c/d']);
});
