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
    await bundle('cjs', 'pkg/rules.cjs', RULES_OF_COMMONJS);
    await bundle('esm', 'pkg/index.workerd.js', FOR_WORKERD);
    await bundle('esm', 'pkg/stripe.js', besideMain('stripe', './index.js'));
    await bundle('cjs', 'pkg/stripe.cjs', besideMain('stripe', './index.cjs'));
    await bundle('esm', 'pkg/stripe.workerd.js', besideMain('stripe', './index.workerd.js'));
    await bundle('esm', 'pkg/lab.js', besideMain('lab', './index.js'));
    await bundle(
      'cjs',
      'pkg/lab.cjs',
      withSpawn('js/lab/thread/spawn-cjs.ts', besideMain('lab', './index.cjs')),
    );
    await bundle('esm', 'pkg/lab-worker.js', LAB_WORKER);
    await bundle('esm', 'pkg/cli.js', COMMAND);
    writeFileSync(at('pkg/LICENSE-lab.txt'), licensesOfOthers());
    await bundle('esm', 'pkg/edge.js', EDGE);
    for (const name of ['billonce', 'billonce-answers', 'billonce-keys', 'billonce-edge'])
      cpSync(at(`target/optimised/${name}.wasm`), at(`pkg/${name}.wasm`));
    cpSync(at('js/edge/public.d.ts'), at('pkg/edge.d.ts'));
    await buildPaste();
    emitTypes();
    const types = joined('key', 'request', 'money', 'response', 'earlier', 'guard', 'error', 'types');
    writeFileSync(at('pkg/index.d.ts'), types);
    writeFileSync(at('pkg/index.d.cts'), types);
    const modules = [
      'flow/read',
      'lint/lint',
      'fix/pass-on',
      'faults/public',
      'faults/explain',
      'faults/sample',
      'faults/money-text',
      'types',
      'faults/types',
      'run/types',
    ];
    const lab = joined(...modules.map((name) => `lab/${name}`));
    for (const [types, main] of Object.entries({ 'lab.d.ts': './index.js', 'lab.d.cts': './index.cjs' })) {
      // Without `export {}` a declaration file exports also what it only uses.
      writeFileSync(
        at('pkg', types),
        `import type { AbortSignalLike } from '${main}';\n${lab}\nexport {};\n`,
      );
    }
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

/** Another module in the place of one; all else is the same. */
const inPlaceOf = (module, other) => ({
  name: `${other} in place of ${module}`,
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`/${module}$`) }, () => ({ path: at('js', other) })),
});

/** The wasm files stand beside the JavaScript and are imported. */
const FOR_WORKERD = {
  external: ['*.wasm'],
  plugins: [inPlaceOf('hosts/inline.ts', 'hosts/workerd.ts')],
};

/** What imports another entry of the package imports the file beside it: what is in there must not be twice in a program. */
const beside = (file, filter) => ({
  name: `beside ${file}`,
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path: file, external: true })),
});

/** The rules stand beside the per-key path, and are required when they are needed. */
const FOR_COMMONJS = {
  entryPoints: ['js/commonjs/index.ts'],
  external: ['./rules.cjs'],
  plugins: [inPlaceOf('key-by-rules.ts', 'commonjs/key-by-rules.ts')],
};
const RULES_OF_COMMONJS = {
  entryPoints: ['js/commonjs/rules.ts'],
  plugins: [beside('./index.cjs', /\/error\.ts$/)],
};

/** The packages of others that are within the bundles made so far, and the files that they are in. */
const others = new Map();

function noteOthers(outfile, { outputs }) {
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs),
  )) {
    if (bytesInOutput === 0) continue;
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (name) others.set(name, (others.get(name) ?? new Set()).add(outfile.replace('pkg/', '')));
  }
}

/** Their licences ask to be told. */
function licensesOfOthers() {
  const told = [...others]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => {
      const folder = at('node_modules', name);
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const license = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
      return `${[...files].sort().join(' and ')}: ${name} ${version}, under this licence:\n\n${license}\n`;
    });
  return told.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The Worker: its wasm stands beside it as well, and the runtime brings `cloudflare:workers`. */
const EDGE = { entryPoints: ['js/edge/index.ts'], external: ['*.wasm', 'cloudflare:workers'] };

/** The lab's thread: the rules, the runner, and as text what runs with the steps. */
const LAB_WORKER = {
  entryPoints: ['js/lab/thread/worker.ts'],
  plugins: [operations(), inside()],
};

/** `#inside`: js/lab/sandbox/inside/ as a function of the host. billonce in there takes the realm's globals from a parameter. */
function inside() {
  return {
    name: 'inside',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^#inside$/ }, () => ({ path: 'inside', namespace: 'inside' }));
      onLoad({ filter: /.*/, namespace: 'inside' }, async () => {
        const { outputFiles, metafile } = await build({
          ...COMMON,
          entryPoints: ['js/lab/sandbox/inside/index.ts'],
          format: 'iife',
          globalName: 'inside',
          write: false,
          define: { ...COMMON.define, globalThis: 'realmGlobals' },
          banner: { js: '(function (host) { "use strict"; const realm = globalThis, realmGlobals = {};' },
          footer: { js: 'return inside; })' },
          plugins: [operations()],
        });
        noteOthers('pkg/lab-worker.js', metafile);
        return { contents: outputFiles[0].text, loader: 'text' };
      });
    },
  };
}

/** `#operations`: names and paths of Stripe's POST endpoints. */
function operations() {
  return {
    name: 'operations',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^#operations$/ }, () => ({ path: 'operations', namespace: 'operations' }));
      onLoad({ filter: /.*/, namespace: 'operations' }, () => {
        const { endpoints } = JSON.parse(
          readFileSync(at('tests/vectors/stripe-post-endpoints.json'), 'utf8'),
        );
        const named = endpoints.map(({ operation, path }) => [camelCase(operation), path]);
        return { contents: JSON.stringify(Object.fromEntries(named)), loader: 'json' };
      });
    },
  };
}

/** `Checkout/Sessions.create` as a program writes it: `checkout.sessions.create`. */
const camelCase = (operation) =>
  operation.replaceAll('/', '.').replace(/(^|\.)([A-Z])/g, (_, dot, letter) => dot + letter.toLowerCase());

/** A subpath of its own. */
const besideMain = (subpath, main) => ({
  entryPoints: [`js/${subpath}/index.ts`],
  plugins: [beside(main, /^(\.\.\/)+index\.ts$/)],
});

/** CommonJS has no `import.meta.url` by which the thread's file is found. */
const withSpawn = (file, options) => ({
  ...options,
  plugins: [
    ...options.plugins,
    {
      name: 'spawn',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/spawn\.ts$/ }, ({ importer }) =>
          importer.endsWith('call.ts') ? { path: at(file) } : undefined,
        ),
    },
  ],
});

/** `npx billonce`, which uses what everyone can import. */
const COMMAND = {
  entryPoints: ['js/cli/main.ts'],
  platform: 'node',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [beside('./index.js', /^billonce$/), beside('./lab.js', /^billonce\/lab$/)],
};

const { version } = JSON.parse(readFileSync(at('pkg-template/package.json'), 'utf8'));

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  loader: { '.wasm': 'base64', '.bin': 'base64' },
  define: { BILLONCE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
};

async function bundle(format, outfile, more = {}) {
  const { metafile } = await build({ ...COMMON, entryPoints: ['js/index.ts'], outfile, format, ...more });
  noteOthers(outfile, metafile);
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
