// From Rust to the four wasm files of the package, in target/optimised/.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { quiet, root, step } from './run.mjs';

const at = (...path) => join(root, ...path);
const OUT = at('target/optimised');
const RULES = join(OUT, 'billonce.wasm');
const KEYS = join(OUT, 'billonce-keys.wasm');
const EDGE = join(OUT, 'billonce-edge.wasm');
const LAB = join(OUT, 'billonce-lab.wasm');
const RAW = 'wasm32-unknown-unknown/release/billonce.wasm';

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

/** The rules, small; the per-key path alone, fast; the edge's rules; and the lab's world, fast. */
export async function buildWasm() {
  await step('compiling Rust to WebAssembly', () => {
    const flags = { CARGO_ENCODED_RUSTFLAGS: rustFlags().join('\x1f') };
    compile('npm', 'target', flags);
    compile('keys', 'target/keys', { ...flags, CARGO_PROFILE_RELEASE_OPT_LEVEL: '3' });
    compile('edge', 'target/edge', flags);
    compile('lab-wasm', 'target/lab', { ...flags, CARGO_PROFILE_RELEASE_OPT_LEVEL: 's' });
  });
  await step('wasm-opt', () => {
    mkdirSync(OUT, { recursive: true });
    // rustc has made it small; -Oz would save nothing that brotli does not, and cost a tenth of the speed.
    optimise(at('target', RAW), RULES, ['-O2']);
    // Hosts compile a function at its first call, so functions for batches must not become part of the one for a key.
    optimise(at('target/keys', RAW), KEYS, ['-O4', '--one-caller-inline-max-function-size', '300']);
    optimise(at('target/edge', RAW), EDGE, ['-O2']);
    optimise(at('target/lab', RAW), LAB, ['-O2']);
  });
}

function compile(feature, targetDir, env) {
  const build = `build --locked --release --lib --features ${feature} --target wasm32-unknown-unknown --target-dir`;
  quiet('cargo', [...build.split(' '), at(targetDir)], { env });
}

/**
 * Every host that runs WebAssembly has simd128; SHA-256 is a third faster with it. The stack is an eighth of the linker's own choice:
 * values nest 64 deep at most, and what would go beyond traps. No path of the builder's is shipped.
 */
function rustFlags() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const sysroot = quiet('rustc', ['--print', 'sysroot']).trim();
  const shown = [cargoHome, sysroot, root].map((path) => `--remap-path-prefix=${path}=`);
  return ['-Ctarget-feature=+simd128', '-Clink-arg=-zstack-size=131072', ...shown];
}

function optimise(from, to, levels) {
  const tool = at('node_modules/binaryen/bin/wasm-opt');
  quiet(process.execPath, [tool, ...levels, ...FEATURES, ...STRIP, from, '-o', to]);
}
