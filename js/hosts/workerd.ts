// For workerd, which compiles no bytes while it handles a request: the wasm files as modules, compiled when the Worker
// is uploaded. The build puts this in the place of inline.ts.

import endpoints from '#endpoints';
import { decodeBase64 } from './base64.ts';
import rules from './billonce.wasm';
import answers from './billonce-answers.wasm';
import keys from './billonce-keys.wasm';

/** The wasm of the per-key path. */
export const keysModule = () => keys;

/** The wasm of the rules for what is to be sent. */
export const rulesModule = () => rules;

/** The wasm of the rules for answers. */
export const answersModule = () => answers;

/** The table of endpoints, which the rules are handed when they start. */
export const endpointTable = () => decodeBase64(endpoints);
