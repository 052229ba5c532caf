// In the place of ../key-by-rules.ts: by the rules in their file.
import type * as byRules from '../key-by-rules.ts';

declare function require(file: './rules.cjs'): typeof import('./rules.ts');

export const keyByRules: typeof byRules.keyByRules = (event, path) =>
  require('./rules.cjs').keyByRules(event, path);
