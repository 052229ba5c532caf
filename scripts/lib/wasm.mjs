// From Rust to the wasm files of the package, in target/optimised/.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { quiet, root, step } from './run.mjs';

const at = (...path) => join(root, ...path);
const OUT = at('target/optimised');

/** rustc makes it small. Functions of up to this cost are made part of their callers all the same: hardly a byte more, and a fifth less time. */
const SMALL = {
  rustc: ['-Cllvm-args=-inline-threshold=80'],
  // -Oz would save nothing that brotli does not. What has one caller stays a function: within a large one its locals have wide numbers.
  wasmOpt: ['-O3', '--one-caller-inline-max-function-size', '0'],
};
const FAST = {
  level: '3',
  rustc: [],
  // Hosts compile a function at its first call, so functions for batches must not become part of the one for a key.
  wasmOpt: ['-O4', '--one-caller-inline-max-function-size', '300'],
};
/** It runs for minutes, and is loaded by nobody who bills. */
const QUICK = { level: 's', rustc: [], wasmOpt: ['-O2'] };

/** The crate's features that each file has. The paste file's is not shipped as it is: in one file, one wasm is smaller than two. */
const FILES = [
  ['billonce', 'npm', SMALL],
  ['billonce-answers', 'answers', SMALL],
  ['billonce-keys', 'keys', FAST],
  ['billonce-edge', 'edge', SMALL],
  ['billonce-paste', 'npm,answers', SMALL],
  ['billonce-lab', 'lab-wasm', QUICK],
];

/** What wasm-opt may use; rustc's defaults, and simd128. */
const FEATURES = [
  'simd',
  'bulk-memory',
  'nontrapping-float-to-int',
  'sign-ext',
  'mutable-globals',
  'reference-types',
  'multivalue',
].map((feature) => `--enable-${feature}`);
const STRIP = ['debug', 'producers', 'target-features'].map((section) => `--strip-${section}`);

export async function buildWasm() {
  await step('compiling Rust to WebAssembly', () => {
    // The folders of the crates are named in the flags, so they have to be there.
    quiet('cargo', ['fetch', '--locked']);
    for (const [name, features, how] of FILES) compile(name, features, how);
  });
  await step('wasm-opt', () => {
    mkdirSync(OUT, { recursive: true });
    for (const [name, , { wasmOpt }] of FILES) optimise(name, wasmOpt);
  });
}

/** Each file has a folder of its own, so that Cargo keeps what it compiled for it. */
const folderOf = (name) => at('target', name);

function compile(name, features, { level, rustc }) {
  const build = `build --locked --release --lib --features ${features} --target wasm32-unknown-unknown --target-dir`;
  const flags = { CARGO_ENCODED_RUSTFLAGS: [...rustFlags(), ...rustc].join('\x1f') };
  const env = level ? { ...flags, CARGO_PROFILE_RELEASE_OPT_LEVEL: level } : flags;
  quiet('cargo', [...build.split(' '), folderOf(name)], { env });
}

/**
 * Every host that runs WebAssembly has simd128; SHA-256 is a third faster with it. The stack is an eighth of the linker's own choice:
 * values nest 64 deep at most, and what would go beyond traps. No path of the builder's is shipped, nor the name of a registry.
 */
function rustFlags() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const sysroot = quiet('rustc', ['--print', 'sysroot']).trim();
  const registries = join(cargoHome, 'registry/src');
  const crates = existsSync(registries) ? readdirSync(registries).map((name) => join(registries, name)) : [];
  // Of several that fit, rustc takes the last.
  const shown = [cargoHome, sysroot, root, ...crates].map((path) => `--remap-path-prefix=${path}=`);
  return ['-Ctarget-feature=+simd128', '-Clink-arg=-zstack-size=131072', ...shown];
}

function optimise(name, passes) {
  const tool = at('node_modules/binaryen/bin/wasm-opt');
  const raw = join(folderOf(name), 'wasm32-unknown-unknown/release/billonce.wasm');
  quiet(process.execPath, [tool, ...passes, ...FEATURES, ...STRIP, raw, '-o', join(OUT, `${name}.wasm`)]);
}
