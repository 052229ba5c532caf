// `npm run check`: formatting, lints and types of everything, and that generated files are what their generators write.
import { join } from 'node:path';
import { checkRustTools, prepare } from './lib/prepare.mjs';
import { main, quiet, root, step } from './lib/run.mjs';

const WASM = '--target wasm32-unknown-unknown';
const cargo = (words, env) => quiet('cargo', words.split(' '), { env });
const tool = (path, ...args) => quiet(process.execPath, [join(root, path), ...args]);

/** Runs every check; the first that fails says why. */
export async function check() {
  await step('Rust: rustfmt and clippy are there', checkRustTools);
  await step('Rust: format', () => cargo('fmt --all --check'));
  await step('Rust: lints', () => cargo('clippy --locked --all-targets --features lab -- --deny warnings'));
  await step('Rust: lints of the wasm files', () => {
    for (const file of ['npm', 'answers', 'keys', 'edge', 'npm,answers', 'lab-wasm'])
      cargo(`clippy --locked --features ${file} ${WASM} -- --deny warnings`);
  });
  await step('Rust: documentation', () => {
    cargo('doc --locked --no-deps --features lab', { RUSTDOCFLAGS: '--deny warnings' });
  });
  await step('JavaScript: format and lints', () =>
    tool('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  );
  await step('TypeScript: types', () => {
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.cli.json');
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.edge.json');
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.examples.json');
    tool('node_modules/typescript/bin/tsc', '-p', 'examples/flow-lab/tsconfig.json');
  });
  await step('generated files', () => {
    for (const name of ['endpoints', 'v2-vectors', 'flow']) tool(`scripts/generate-${name}.mjs`, '--check');
  });
}

if (process.argv[1] === import.meta.filename) {
  main(async () => {
    await prepare({ build: true });
    await check();
  });
}
