// The paste file: billonce and a Code step in one TypeScript file, for servers that allow no npm packages.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pack } from './pack.mjs';
import { root } from './run.mjs';

const at = (...path) => join(root, ...path);
const NAME = 'billonce.paste.ts';
const STEP = 'examples/activepieces-code-step/code.ts';

/** The line that the hash is over. */
const PROGRAM_LINE = 7;

/** What a pasted step has in place of modules that serve installed ones. */
const INSTEAD = new Map([
  [at('js/key.ts'), at('js/paste/key.ts')],
  [at('js/hosts/inline.ts'), at('js/paste/wasm.ts')],
]);

const PACKED = new Map([
  ['#packed/rules', at('target/optimised/billonce-paste.wasm')],
  ['#packed/endpoints', at('src/endpoint/table.bin')],
]);

/** pkg/billonce.paste.ts. */
export async function buildPaste() {
  const { version } = JSON.parse(readFileSync(at('pkg-template/package.json'), 'utf8'));
  const [, copyright] = readFileSync(at('LICENSE'), 'utf8').match(/^(Copyright .*)$/m);
  const program = await programLine();
  const hash = createHash('sha256').update(`${program}\n`).digest('hex');
  const step = readFileSync(at(STEP), 'utf8');
  const lines = [
    '// @ts-nocheck',
    `// billonce ${version} in one file: for an Activepieces Code step where npm packages are not allowed. Paste all of it.`,
    `// It is ${NAME} of the npm package billonce, which has the documentation. MIT License, ${copyright}.`,
    `// To check it: save it as ${NAME}, also after editing the end, and run sed -n ${PROGRAM_LINE}p ${NAME} | shasum -a 256`,
    '// It prints the hash below; trust the one in the copy that the npm package brings, as a forged copy brings its own.',
    `// ${hash}`,
    program,
    '// Everything above stays as it is. The step below is yours to edit; its names are those of the line above.',
  ];
  if (lines[PROGRAM_LINE - 1] !== program) throw new Error('the program is not in the line that is hashed');
  const text = `${lines.join('\n')}\n${step.slice(step.indexOf('export const code'))}`;
  writeFileSync(at('pkg', NAME), text);
}

/** `const{guard,…}=(()=>{…})();`: the names are in a scope of their own, so that those of the step's author are free. */
async function programLine() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['js/index.ts'],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'ascii',
    minify: true,
    legalComments: 'none',
    plugins: [forPasting],
    logLevel: 'warning',
  });
  const [{ text }] = outputFiles;
  const [exported, list] = text.match(/export\{([^{}]*)\};?\s*$/);
  const names = list.split(',').map((entry) => entry.split(' as ').reverse());
  const members = names.map(([name, local = name]) => `${name}:${local}`);
  const body = text.slice(0, -exported.length).trim();
  const program = `const{${names.map(([name]) => name)}}=(()=>{${body}return{${members}}})();`;
  if (/[^\x20-\x7e]/.test(program))
    throw new Error('the program is not one line of ASCII; a string holds a line break?');
  return program;
}

const forPasting = {
  name: 'for-pasting',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, importer }) => {
      const instead = INSTEAD.get(join(resolveDir, path));
      return instead && importer !== instead ? { path: instead } : undefined;
    });
    onResolve({ filter: /^#packed\// }, ({ path }) => ({
      path: PACKED.get(path),
      namespace: 'packed',
    }));
    onLoad({ filter: /./, namespace: 'packed' }, ({ path }) => {
      const bytes = readFileSync(path);
      return { contents: `export const text = ${JSON.stringify(pack(bytes))}, size = ${bytes.length};` };
    });
  },
};
