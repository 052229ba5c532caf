// For CommonJS: as inline.ts, but what the rules need is a file of its own, which is required at their first call. A host reads
// all of a file when it loads it, and four fifths of the text are for the rules. A bundler puts both files into one.

import keys from '#keys';
import { decodeBase64 } from './base64.ts';

declare function require(file: './rules.cjs'): typeof import('./rules.ts');

/** The wasm of the per-key path. */
export const keysModule = () => new WebAssembly.Module(decodeBase64(keys));

/** The wasm of the rules for what is to be sent. */
export const rulesModule = () => new WebAssembly.Module(decodeBase64(require('./rules.cjs').rules));

/** The wasm of the rules for answers. */
export const answersModule = () => new WebAssembly.Module(decodeBase64(require('./rules.cjs').answers));

/** The table of endpoints, which the rules are handed when they start. */
export const endpointTable = () => decodeBase64(require('./rules.cjs').endpoints);
