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
    await bundle('cjs', 'pkg/index.cjs');
    await bundle('esm', 'pkg/index.workerd.js', FOR_WORKERD);
    cpSync(at('target/glue/billonce_bg.wasm'), at('pkg/billonce.wasm'));
    cpSync(at('target/glue/billonce_keys.wasm'), at('pkg/billonce-keys.wasm'));
    cpSync(at('target/edge-glue/billonce_bg.wasm'), at('pkg/billonce-edge.wasm'));
    await bundle('esm', 'pkg/edge.js', EDGE);
    cpSync(at('js/edge/public.d.ts'), at('pkg/edge.d.ts'));
    await buildPaste();
    const types = declarations();
    writeFileSync(at('pkg/index.d.ts'), types);
    writeFileSync(at('pkg/index.d.cts'), types);
  });
}

/** The wasm files stand beside the JavaScript and are imported; all else is the same. */
const FOR_WORKERD = {
  external: ['*.wasm'],
  plugins: [
    {
      name: 'workerd',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/hosts\/inline\.ts$/ }, () => ({ path: at('js/hosts/workerd.ts') })),
    },
  ],
};

/** The Worker: its wasm stands beside it as well, and the runtime brings `cloudflare:workers`. */
const EDGE = { entryPoints: ['js/edge/index.ts'], external: ['*.wasm', 'cloudflare:workers'] };

async function bundle(format, outfile, more = {}) {
  await build({
    absWorkingDir: root,
    entryPoints: ['js/index.ts'],
    outfile,
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    loader: { '.wasm': 'base64' },
    logLevel: 'warning',
    ...more,
  });
}

/** One declaration file that reads from top to bottom: the types, then the functions. */
function declarations() {
  const out = at('target/types');
  rmSync(out, { recursive: true, force: true });
  const options = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--stripInternal',
    '--rootDir',
    'js',
    '--outDir',
    out,
  ];
  quiet(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', ...options]);
  const files = ['key', 'request', 'response', 'guard', 'error', 'types'];
  const body = files.map((name) =>
    readFileSync(join(out, `${name}.d.ts`), 'utf8').replace(/^(import|export \{\}).*;\n/gm, ''),
  );
  return body.join('\n');
}
