// What `npm start`, `npm test` and the rest need before they can work, done once and skipped when it is there.
// Nothing outside node: is imported at the top, since this runs before `npm ci`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { has, npm, quiet, root, Stop, step } from './run.mjs';

const OLDEST_NODE = 20;

/** Makes sure of node packages and, as asked for, of the test hosts' packages and of an up-to-date pkg/. */
export async function prepare({ build = false, hosts = false, force = false } = {}) {
  checkNode();
  await installNodePackages('.', 'Node packages');
  if (hosts) await installNodePackages('tests/hosts', 'hosts for the tests');
  if (hosts) await installNodePackages('tests/packaging/tools', 'bundlers for the tests');
  if (build) await buildPackage(force);
}

function checkNode() {
  const version = Number(process.versions.node.split('.')[0]);
  if (version < OLDEST_NODE) {
    throw new Stop(
      `Node ${OLDEST_NODE} or newer is needed, this is ${process.version}: install a current one from https://nodejs.org`,
    );
  }
}

/** Rust with the wasm32 target. */
export function checkRust() {
  if (!has('cargo')) {
    throw new Stop(
      'Rust is missing (`cargo` was not found): install it from https://rustup.rs, then run this again',
    );
  }
  const sysroot = quiet('rustc', ['--print', 'sysroot']).trim();
  if (existsSync(join(sysroot, 'lib/rustlib/wasm32-unknown-unknown'))) return;
  if (!has('rustup')) {
    throw new Stop(
      'The Rust target wasm32-unknown-unknown is missing and there is no rustup to add it: install the target with whatever installed Rust',
    );
  }
  quiet('rustup', ['target', 'add', 'wasm32-unknown-unknown']);
}

/** Rust's formatter and linter, which a minimal installation leaves out. */
export function checkRustTools() {
  for (const [command, component] of [
    ['cargo-fmt', 'rustfmt'],
    ['cargo-clippy', 'clippy'],
  ]) {
    if (has(command)) continue;
    if (!has('rustup')) {
      throw new Stop(
        `Rust's ${component} is missing and there is no rustup to add it: install it with whatever installed Rust`,
      );
    }
    quiet('rustup', ['component', 'add', component]);
  }
}

async function installNodePackages(folder, title) {
  const at = join(root, folder);
  const stamp = join(at, 'node_modules/.billonce-lock');
  const lock = fingerprint(at, ['package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step(`installing ${title}`, () => {
    quiet(npm, ['ci', '--loglevel=error'], { cwd: at });
    mkdirSync(join(at, 'node_modules'), { recursive: true });
    writeFileSync(stamp, lock);
  });
}

async function buildPackage(force) {
  const stamp = join(root, 'target/pkg.stamp');
  const sources = fingerprint(root, [
    'Cargo.toml',
    'Cargo.lock',
    'src',
    'js',
    'pkg-template',
    'LICENSE',
    'package-lock.json',
    'scripts/lib/package.mjs',
    'scripts/lib/paste.mjs',
    'scripts/lib/pack.mjs',
    'examples/activepieces-code-step/code.ts',
    'scripts/lib/wasm.mjs',
  ]);
  if (!force && existsSync(join(root, 'pkg')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources)
    return;
  await step('checking Rust and its wasm32 target', checkRust);
  const { buildWasm } = await import('./wasm.mjs');
  const { fillPackage } = await import('./package.mjs');
  await buildWasm();
  await fillPackage();
  writeFileSync(stamp, sources);
}
