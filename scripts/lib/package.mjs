// From Rust and TypeScript to pkg/. The fragile parts of it are told in ARCHITECTURE.md, "Packaging".
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildPaste } from './paste.mjs';
import { quiet, root, step } from './run.mjs';

const at = (...path) => join(root, ...path);

/** pkg/: exactly what is published. */
export async function fillPackage() {
  await step('filling pkg/', async () => {
    rmSync(at('pkg'), { recursive: true, force: true });
    mkdirSync(at('pkg'));
    cpSync(at('pkg-template'), at('pkg'), { recursive: true });
    cpSync(at('LICENSE'), at('pkg/LICENSE'));
    await bundle('esm', 'pkg/index.js');
    await bundle('cjs', 'pkg/index.cjs', FOR_COMMONJS);
    await bundle('cjs', 'pkg/rules.cjs', { entryPoints: ['js/hosts/rules.ts'] });
    await bundle('esm', 'pkg/index.workerd.js', FOR_WORKERD);
    await bundle('esm', 'pkg/stripe.js', besideMain('stripe', './index.js'));
    await bundle('cjs', 'pkg/stripe.cjs', besideMain('stripe', './index.cjs'));
    await bundle('esm', 'pkg/stripe.workerd.js', besideMain('stripe', './index.workerd.js'));
    await bundle('esm', 'pkg/lab.js', besideMain('lab', './index.js'));
    await bundle('cjs', 'pkg/lab.cjs', besideMain('lab', './index.cjs'));
    await bundle('esm', 'pkg/cli.js', COMMAND);
    writeFileSync(at('pkg/LICENSE-lab.txt'), parserLicense());
    await bundle('esm', 'pkg/edge.js', EDGE);
    for (const name of ['billonce', 'billonce-answers', 'billonce-keys', 'billonce-edge'])
      cpSync(at(`target/optimised/${name}.wasm`), at(`pkg/${name}.wasm`));
    cpSync(at('js/edge/public.d.ts'), at('pkg/edge.d.ts'));
    await buildPaste();
    emitTypes();
    const types = joined('key', 'request', 'money', 'response', 'earlier', 'guard', 'error', 'types');
    writeFileSync(at('pkg/index.d.ts'), types);
    writeFileSync(at('pkg/index.d.cts'), types);
    // Without `export {}` a declaration file exports also what it only uses.
    const lab = `${joined('lab/flow/read', 'lab/lint/lint', 'lab/types')}\nexport {};\n`;
    writeFileSync(at('pkg/lab.d.ts'), lab);
    writeFileSync(at('pkg/lab.d.cts'), lab);
    const stripe = joined('stripe/governed', 'stripe/types');
    for (const [types, main] of Object.entries({
      'stripe.d.ts': './index.js',
      'stripe.d.cts': './index.cjs',
    })) {
      writeFileSync(
        at('pkg', types),
        `import type { BillingEvent, Circumstances } from '${main}';\n${stripe}`,
      );
    }
  });
}

/** Another module in the place of hosts/inline.ts; all else is the same. */
const hosted = (by) => ({
  name: `hosted by ${by}`,
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/hosts\/inline\.ts$/ }, () => ({ path: at('js/hosts', by) })),
});

/** The wasm files stand beside the JavaScript and are imported. */
const FOR_WORKERD = { external: ['*.wasm'], plugins: [hosted('workerd.ts')] };

/** What the rules need stands beside the rest, and is required when they are. */
const FOR_COMMONJS = { external: ['./rules.cjs'], plugins: [hosted('required.ts')] };

/** lab.js has a parser of JavaScript in it, whose licence asks to be told. */
function parserLicense() {
  const folder = at('node_modules/@babel/parser');
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const license = readFileSync(join(folder, 'LICENSE'), 'utf8');
  return `lab.js and lab.cjs contain ${name} ${version}, under this licence:\n\n${license}`;
}

/** What imports another entry of the package imports the file beside it: what is in there must not be twice in a program. */
const beside = (file, filter) => ({
  name: `beside ${file}`,
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path: file, external: true })),
});

/** The Worker: its wasm stands beside it as well, and the runtime brings `cloudflare:workers`. */
const EDGE = { entryPoints: ['js/edge/index.ts'], external: ['*.wasm', 'cloudflare:workers'] };

/** A subpath of its own. */
const besideMain = (subpath, main) => ({
  entryPoints: [`js/${subpath}/index.ts`],
  plugins: [beside(main, /^(\.\.\/)+index\.ts$/)],
});

/** `npx billonce`, which uses what everyone can import. */
const COMMAND = {
  entryPoints: ['js/cli/main.ts'],
  platform: 'node',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [beside('./index.js', /^billonce$/), beside('./lab.js', /^billonce\/lab$/)],
};

const { version } = JSON.parse(readFileSync(at('pkg-template/package.json'), 'utf8'));

async function bundle(format, outfile, more = {}) {
  await build({
    absWorkingDir: root,
    entryPoints: ['js/index.ts'],
    outfile,
    bundle: true,
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    loader: { '.wasm': 'base64', '.bin': 'base64' },
    define: { BILLONCE_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
    ...more,
  });
}

const TYPES = at('target/types');

/** The declarations of every module. */
function emitTypes() {
  rmSync(TYPES, { recursive: true, force: true });
  const options = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--stripInternal',
    '--rootDir',
    'js',
    '--outDir',
    TYPES,
  ];
  quiet(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', ...options]);
}

/** Declarations of several modules as one file that reads from top to bottom: the functions, then the types. */
function joined(...modules) {
  const body = modules.map((name) =>
    readFileSync(join(TYPES, `${name}.d.ts`), 'utf8').replace(/^(import|export \{\}).*;\n/gm, ''),
  );
  return body.join('\n');
}
