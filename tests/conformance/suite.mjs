// The suite as files that any host's bundler or loader takes: the cases, and the published vectors as a module.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The vectors of a file, or none where it is absent. */
function vectorsOf(name) {
  const path = `../vectors/${name}`;
  return existsSync(new URL(path, import.meta.url)) ? JSON.parse(read(path)).vectors : [];
}

/** `run.mjs`, whose `run()` runs the suite, with the files it imports: texts by path. */
export function suiteFiles() {
  const names = readdirSync(new URL('cases', import.meta.url)).map((name) => `cases/${name}`);
  const cases = ['before.mjs', 'cases.mjs', ...names].map((name) => [name, read(name)]);
  return { ...Object.fromEntries(cases), 'vectors.mjs': vectorsModule(), 'run.mjs': runModule() };
}

/** `specifier` is for hosts that know no bare names. */
export function runModule(specifier = 'billonce') {
  return `
import { before } from './before.mjs';
import * as billonce from '${specifier}';
import { runCases } from './cases.mjs';
import { vectors } from './vectors.mjs';
export { billonce };
export const run = () => runCases(billonce, vectors, before);
`;
}

/**
 * What JSON cannot express (NaN, -0) stands in the vectors as JavaScript. It is written into a module here, since hosts
 * such as Workers refuse `eval`.
 */
function vectorsModule() {
  const keys = [...vectorsOf('keys-v1.json'), ...vectorsOf('keys-v2.json')];
  const forms = vectorsOf('stripe-form.json').filter(({ body }) => body !== undefined);
  const entries = forms.map(({ name, params, paramsJs, body }) => {
    const literal = paramsJs ?? JSON.stringify(params);
    return `{ name: ${JSON.stringify(name)}, params: ${literal}, body: ${JSON.stringify(body)} }`;
  });
  return `export const vectors = { keys: ${JSON.stringify(keys)}, forms: [\n${entries.join(',\n')}\n] };\n`;
}
