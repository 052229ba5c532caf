// The wasm bytes inside the JavaScript: the only way that survives bundling, a deleted node_modules, and a host
// without files.

import answers from '#answers';
import endpoints from '#endpoints';
import keys from '#keys';
import rules from '#rules';
import { decodeBase64 } from './base64.ts';

/** The wasm of the per-key path. */
export const keysModule = () => new WebAssembly.Module(decodeBase64(keys));

/** The wasm of the rules for what is to be sent. */
export const rulesModule = () => new WebAssembly.Module(decodeBase64(rules));

/** The wasm of the rules for answers. */
export const answersModule = () => new WebAssembly.Module(decodeBase64(answers));

/** The table of endpoints, which the rules are handed when they start. */
export const endpointTable = () => decodeBase64(endpoints);
