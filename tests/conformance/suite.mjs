// The suite as files that any host's bundler or loader takes: the cases, and the published vectors as a module.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The vectors of a file, or none where it is absent. */
function vectorsOf(name) {
  const path = `../vectors/${name}`;
  return existsSync(new URL(path, import.meta.url)) ? JSON.parse(read(path)).vectors : [];
}

/** `cases.mjs` with the files it imports, and `vectors.mjs`: texts by path. */
export function suiteFiles() {
  const names = readdirSync(new URL('cases', import.meta.url)).map((name) => `cases/${name}`);
  const cases = ['cases.mjs', ...names].map((name) => [name, read(name)]);
  return { ...Object.fromEntries(cases), 'vectors.mjs': vectorsModule() };
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
