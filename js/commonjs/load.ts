// rules.cjs, required when it is first needed.

declare function require(file: './rules.cjs'): typeof import('./rules.ts');

let loaded: typeof import('./rules.ts') | undefined;

export function rules(): typeof import('./rules.ts') {
  loaded ??= require('./rules.cjs');
  return loaded;
}
