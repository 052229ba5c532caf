// In place of js/hosts/inline.ts: the wasm of the rules, packed.
import { size, text } from '#packed';
import { unpack } from './unpack.ts';

export const rulesModule = () => new WebAssembly.Module(unpack(text, size));

/** Never asked for, since key.ts here asks the rules. */
export const keysModule = rulesModule;
