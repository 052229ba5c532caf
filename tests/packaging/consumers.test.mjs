// What users build from the installed tarball works without it: bundled, node_modules deleted, run. And what TypeScript
// compiles, by each way it resolves a module, finds it.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { build as esbuild } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { packedFixture, writeFiles } from '../support/packed.mjs';
import {
  askWorker,
  rollupModule,
  viteApp,
  viteServer,
  webpackFor,
  workerdStarts,
  wranglerDryRun,
} from './tools/builders.mjs';

const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';
const EVENT = `{ customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' }`;

const IMPORT = `import { idempotencyKey } from 'billonce';\n`;
const PRINTS = `console.log(idempotencyKey(${EVENT}));\n`;
const MODULE = IMPORT + PRINTS;
const COMMONJS = `const { idempotencyKey } = require('billonce');\n${PRINTS}`;
const WORKER = `${IMPORT}
export default {
  async fetch() {
    return new Response(idempotencyKey(${EVENT}));
  },
};
`;

const node = promisify(execFile);
const inNode = async (cwd, file) => (await node(process.execPath, [file], { cwd })).stdout.trim();

/** A script in a browser's place: ECMAScript, WebAssembly and a console, nothing of Node's. */
async function inBrowserLike(folder, file) {
  let printed = '';
  const console = { log: (text) => (printed += text) };
  vm.runInNewContext(readFileSync(join(folder, file), 'utf8'), { console });
  return printed;
}

const withEsbuild = (format, platform) => async (absWorkingDir, entry) => {
  const outfile = `dist/out.${{ esm: 'mjs', cjs: 'cjs', iife: 'js' }[format]}`;
  const options = { bundle: true, minify: true, format, platform, logLevel: 'error' };
  await esbuild({ ...options, absWorkingDir, entryPoints: [entry], outfile });
  return outfile;
};

const BUNDLES = {
  'esbuild, Node, ESM': { source: MODULE, build: withEsbuild('esm', 'node'), run: inNode },
  'esbuild, Node, CJS by import': { source: MODULE, build: withEsbuild('cjs', 'node'), run: inNode },
  'esbuild, Node, CJS by require': {
    source: COMMONJS,
    entry: 'main.cjs',
    build: withEsbuild('cjs', 'node'),
    run: inNode,
  },
  'esbuild, browser': { source: MODULE, build: withEsbuild('iife', 'browser'), run: inBrowserLike },
  'Vite, browser': { source: MODULE, build: viteApp, run: inNode },
  'Vite, server': { source: MODULE, build: viteServer, run: inNode },
  'webpack, browser': {
    source: MODULE,
    build: (...project) => webpackFor('web', ...project),
    run: inBrowserLike,
  },
  'webpack, Node by require': {
    source: COMMONJS,
    entry: 'main.cjs',
    build: (...project) => webpackFor('node', ...project),
    run: inNode,
  },
  'Rollup, ESM': { source: MODULE, build: rollupModule, run: inNode },
  'wrangler, dry run': {
    source: WORKER,
    build: wranglerDryRun,
    run: askWorker,
    available: workerdStarts,
  },
};

/** A project in which the tarball is installed, and nothing else; nothing is above it either. */
function project(files) {
  const { folder, scratch } = packedFixture();
  const at = mkdtempSync(join(scratch, 'project-'));
  cpSync(join(folder, 'node_modules'), join(at, 'node_modules'), { recursive: true });
  writeFiles(at, { 'package.json': '{ "private": true }\n', ...files });
  return at;
}

/** The bytes of a folder's files, what only debuggers read left out. */
function bytesBelow(folder) {
  // wrangler adds a README.
  const files = readdirSync(folder, { recursive: true }).filter((name) => !/\.map$|README/.test(name));
  return files.reduce((sum, name) => {
    const stats = statSync(join(folder, name));
    return sum + (stats.isFile() ? stats.size : 0);
  }, 0);
}

describe('a bundle', () => {
  const sizes = [];

  it.for(Object.keys(BUNDLES))('%s', async (name, { skip }) => {
    const { source, entry = 'main.mjs', build, run, available = () => true } = BUNDLES[name];
    if (!available()) {
      sizes.push([name, 'NOT RUN']);
      skip('workerd does not start on this machine');
    }
    const at = project({ [entry]: source });
    const outcome = await build(at, entry);
    rmSync(join(at, 'node_modules'), { recursive: true });
    // Nor may it find the source again.
    rmSync(join(at, entry));
    expect(await run(at, outcome)).toBe(KEY);
    sizes.push([name, bytesBelow(join(at, 'dist'))]);
  });

  it.each([
    ['main.mjs', (name) => `console.log(await import('${name}'));\n`],
    ['main.cjs', (name) => `console.log(require('${name}'));\n`],
  ])('of %s has the package once, however many of its entries it uses', async (entry, use) => {
    const sized = async (...names) => {
      const at = project({ [entry]: names.map(use).join('') });
      const options = { bundle: true, minify: true, platform: 'node', format: 'esm', logLevel: 'error' };
      const made = await esbuild({ ...options, absWorkingDir: at, entryPoints: [entry], write: false });
      return made.outputFiles[0].text.length;
    };
    const alone = await sized('billonce');
    expect(alone).toBeGreaterThan(100_000);
    expect((await sized('billonce', 'billonce/stripe')) - alone).toBeLessThan(8_000);
  });

  afterAll(() => {
    const rows = sizes.map(([name, bytes]) => `  ${name.padEnd(32)}${String(bytes).padStart(8)}`);
    console.log(['', `  ${'bundle'.padEnd(32)}${'bytes'.padStart(8)}`, ...rows, ''].join('\n'));
  });
});

describe('a TypeScript project', () => {
  const TYPESCRIPT_7 = join(root, 'node_modules/typescript/bin/tsc');
  // The last line of versions that resolve modules as Node 10 did.
  const TYPESCRIPT_5 = join(root, 'tests/packaging/tools/node_modules/typescript5/bin/tsc');
  const COMMON = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--outDir', 'dist'];

  const TYPED = `import { type BillingEvent, idempotencyKey } from 'billonce';
const event: BillingEvent = ${EVENT};
const key: string = idempotencyKey(event);
console.log(key);
// @ts-expect-error: types are found, so a mistake is
if (key === '') idempotencyKey({});
`;

  it.each([
    ['node16, ESM', TYPESCRIPT_7, 'module', ['--module', 'node16', '--moduleResolution', 'node16']],
    ['node16, CJS', TYPESCRIPT_7, 'commonjs', ['--module', 'node16', '--moduleResolution', 'node16']],
    ['nodenext, ESM', TYPESCRIPT_7, 'module', ['--module', 'nodenext']],
    ['bundler', TYPESCRIPT_7, 'module', ['--module', 'esnext', '--moduleResolution', 'bundler']],
    ['node10, CJS', TYPESCRIPT_5, 'commonjs', ['--module', 'commonjs', '--moduleResolution', 'node10']],
  ])('%s', async (_, tsc, type, resolution) => {
    const at = project({ 'package.json': JSON.stringify({ private: true, type }), 'main.ts': TYPED });
    const compile = node(process.execPath, [tsc, ...COMMON, ...resolution, 'main.ts'], { cwd: at });
    const { stdout } = await compile.catch((failure) => failure);
    expect(stdout).toBe('');
    expect(existsSync(join(at, 'dist/main.js'))).toBe(true);
    expect(/\brequire\(/.test(readFileSync(join(at, 'dist/main.js'), 'utf8'))).toBe(type === 'commonjs');
    expect(await inNode(at, 'dist/main.js')).toBe(KEY);
  });
});
