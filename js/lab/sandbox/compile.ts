// A Code step's source to a function that can be run: types out, ES modules to CommonJS.
import { transform } from 'sucrase';
import { BillonceError } from '../../index.ts';

/** A Code step has a few hundred lines. */
const MAX_LENGTH = 1_000_000;

/** However it is written: the word, then a bracket or a dot. In Node an `import()` would give an object of this side. */
const IMPORT = /\bimport(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n\r\u2028\u2029]*)*[(.]/;

/** The text of a function with the parameters `exports, require, module` and those named. */
export function compileStep(source: string, step: string, globals: string): string {
  if (source.length > MAX_LENGTH) {
    const message = `${step} has more than ${MAX_LENGTH.toLocaleString('en-US')} characters of code`;
    throw new BillonceError('input_too_large', step, message);
  }
  const { code } = transformed(source, step);
  refuseImport(code, step);
  return `(function (exports, require, module, ${globals}) { (function () { "use strict"; ${code}\n})(); })`;
}

function transformed(source: string, step: string): { code: string } {
  try {
    return transform(source, {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      production: true,
    });
  } catch (error) {
    throw unreadable(step, error);
  }
}

/** The text of a function with the names given as parameters; null for what is no expression that can be run here. */
export function compileExpression(expression: string, names: readonly string[]): string | null {
  if (IMPORT.test(expression)) return null;
  return `(function (${[...names, 'flattenNestedKeys'].join()}) { "use strict"; return (${expression}\n); })`;
}

function refuseImport(code: string, step: string): void {
  if (!IMPORT.test(code)) return;
  const message = `${step} has import( or import. in a place where it cannot be followed: import packages at the top`;
  throw new BillonceError('invalid_flow', step, message);
}

/** With the line where Node's engine tells it. The transformer's is often that of the function around; `lint` tells the true one. */
export function unreadable(step: string, error: unknown): BillonceError {
  const line = /^[\w-]+:(\d+)\n/.exec((error as { stack?: string }).stack ?? '')?.[1];
  const where = line === undefined ? '' : ` at line ${line}`;
  return new BillonceError('invalid_flow', step, `${step} has code that cannot be read${where}`);
}
