// From Rust to the three wasm files of the package, in target/glue/ and target/edge-glue/.
import { readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { quiet, root, Stop, step } from './run.mjs';

const at = (...path) => join(root, ...path);
const GLUE = at('target/glue');
const RULES = join(GLUE, 'billonce_bg.wasm');
const KEYS = join(GLUE, 'billonce_keys.wasm');
const EDGE_GLUE = at('target/edge-glue');
const EDGE = join(EDGE_GLUE, 'billonce_bg.wasm');
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

/** The rules, small; and the per-key path alone, fast. wasm-bindgen's JavaScript is for the rules. */
export async function buildWasm() {
  await step('compiling Rust to WebAssembly', () => {
    const flags = { CARGO_ENCODED_RUSTFLAGS: rustFlags().join('\x1f') };
    compile('npm', 'target', flags);
    compile('keys', 'target/keys', { ...flags, CARGO_PROFILE_RELEASE_OPT_LEVEL: '3' });
    compile('edge', 'target/edge', flags);
  });
  await step('wasm-bindgen', () => {
    bindgen(at('target', RAW), GLUE);
    bindgen(at('target/edge', RAW), EDGE_GLUE);
    const named = /Text(De|En)coder/.exec(readFileSync(join(GLUE, 'billonce.js'), 'utf8'));
    // It would make one when it loads, and the isolate of a Code step has none: let only bytes cross.
    if (named)
      throw new Stop(
        `wasm-bindgen's glue now needs a ${named[0]}: some export of src/wasm.rs takes or gives text`,
      );
  });
  await step('wasm-opt', () => {
    optimise(RULES, RULES, '-Oz');
    optimise(at('target/keys', RAW), KEYS, '-O4');
    optimise(EDGE, EDGE, '-Oz');
  });
}

function bindgen(wasm, folder) {
  quiet('cargo', ['run', '--locked', '--quiet', '--package', 'xtask', '--', wasm, folder]);
}

function compile(feature, targetDir, env) {
  const build = `build --locked --release --lib --features ${feature} --target wasm32-unknown-unknown --target-dir`;
  quiet('cargo', [...build.split(' '), at(targetDir)], { env });
}

/** Every host that runs WebAssembly has simd128; SHA-256 is a third faster with it. No path of the builder's is shipped. */
function rustFlags() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const sysroot = quiet('rustc', ['--print', 'sysroot']).trim();
  const shown = [cargoHome, sysroot, root].map((path) => `--remap-path-prefix=${path}=`);
  return ['-Ctarget-feature=+simd128', ...shown];
}

function optimise(from, to, level) {
  const tool = at('node_modules/binaryen/bin/wasm-opt');
  quiet(process.execPath, [tool, level, ...FEATURES, ...STRIP, from, '-o', `${to}.opt`]);
  renameSync(`${to}.opt`, to);
}
