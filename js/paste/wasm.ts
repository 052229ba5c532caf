// In place of js/hosts/inline.ts: the wasm of all the rules and the table of endpoints, packed.
import * as endpoints from '#packed/endpoints';
import * as rules from '#packed/rules';
import { unpack } from './unpack.ts';

let module: WebAssembly.Module | undefined;

/** One wasm has the rules for what is to be sent and those for answers, since it is smaller than two. */
export const rulesModule = () => {
  module ??= new WebAssembly.Module(unpack(rules.text, rules.size));
  return module;
};

export const answersModule = rulesModule;

/** Never asked for, since key.ts here asks the rules. */
export const keysModule = rulesModule;

export const endpointTable = () => unpack(endpoints.text, endpoints.size);
