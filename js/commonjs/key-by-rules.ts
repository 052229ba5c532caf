// In the place of ../key-by-rules.ts: by the rules in their file.
import type * as byRules from '../key-by-rules.ts';
import { rules } from './load.ts';

export const keyByRules: typeof byRules.keyByRules = (event, path) => rules().keyByRules(event, path);
