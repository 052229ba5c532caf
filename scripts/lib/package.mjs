// From Rust and TypeScript to pkg/. The fragile parts of it are told in ARCHITECTURE.md, "Packaging".
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { quiet, root, step } from './run.mjs';

const at = (...path) => join(root, ...path);
const GLUE = at('target/glue');
const WASM = at('target/glue/billonce_bg.wasm');

/** Every host that runs WebAssembly has simd128; SHA-256 is a third faster with it. No path of the builder's is shipped. */
function rustFlags() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const sysroot = quiet('rustc', ['--print', 'sysroot']).trim();
  const shown = [cargoHome, sysroot, root].map((path) => `--remap-path-prefix=${path}=`);
  return ['-Ctarget-feature=+simd128', ...shown];
}

/** target/glue/: wasm-bindgen's JavaScript and the optimised wasm. */
export async function buildWasm() {
  await step('compiling Rust to WebAssembly', () => {
    const env = { CARGO_ENCODED_RUSTFLAGS: rustFlags().join('\x1f') };
    const build = 'build --locked --release --lib --features npm --target wasm32-unknown-unknown';
    quiet('cargo', build.split(' '), { env });
  });
  await step('wasm-bindgen', () => {
    const raw = at('target/wasm32-unknown-unknown/release/billonce.wasm');
    quiet('cargo', ['run', '--locked', '--quiet', '--package', 'xtask', '--', raw, GLUE]);
  });
  await step('wasm-opt', () => {
    const features = ['--enable-simd', '--enable-bulk-memory', '--enable-nontrapping-float-to-int'];
    const more = [
      '--enable-sign-ext',
      '--enable-mutable-globals',
      '--enable-reference-types',
      '--enable-multivalue',
    ];
    const strip = ['--strip-debug', '--strip-producers', '--strip-target-features'];
    const optimised = `${WASM}.opt`;
    quiet(process.execPath, [
      at('node_modules/binaryen/bin/wasm-opt'),
      '-Oz',
      ...features,
      ...more,
      ...strip,
      WASM,
      '-o',
      optimised,
    ]);
    renameSync(optimised, WASM);
  });
}

/** pkg/: exactly what is published. */
export async function fillPackage() {
  await step('filling pkg/', async () => {
    rmSync(at('pkg'), { recursive: true, force: true });
    mkdirSync(at('pkg'));
    cpSync(at('pkg-template'), at('pkg'), { recursive: true });
    cpSync(at('LICENSE'), at('pkg/LICENSE'));
    await bundle('esm', 'pkg/index.js');
    await bundle('cjs', 'pkg/index.cjs');
    const types = declarations();
    writeFileSync(at('pkg/index.d.ts'), types);
    writeFileSync(at('pkg/index.d.cts'), types);
  });
}

async function bundle(format, outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['js/index.ts'],
    outfile,
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // wasm-bindgen's glue names TextDecoder and TextEncoder; here it gets ours, which use the host's if it has them.
    inject: ['js/hosts/utf8.ts'],
    loader: { '.wasm': 'base64' },
    logLevel: 'warning',
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
