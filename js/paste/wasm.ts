// In place of js/hosts/inline.ts: the wasm of the rules and the table of endpoints, packed.
import * as endpoints from '#packed/endpoints';
import * as rules from '#packed/rules';
import { unpack } from './unpack.ts';

export const rulesModule = () => new WebAssembly.Module(unpack(rules.text, rules.size));

/** Never asked for, since key.ts here asks the rules. */
export const keysModule = rulesModule;

export const endpointTable = () => unpack(endpoints.text, endpoints.size);
