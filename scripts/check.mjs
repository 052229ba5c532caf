// `npm run check`: formatting, lints and types of everything, and that generated files are what their generators write.
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { main, quiet, root, step } from './lib/run.mjs';

const tool = (path, ...args) => quiet(process.execPath, [join(root, path), ...args]);

/** Runs every check; the first that fails says why. */
export async function check() {
  const clippy = ['clippy', '--locked', '--all-targets', '--workspace', '--', '--deny', 'warnings'];
  const wasmClippy = ['clippy', '--locked', '--features', 'npm', '--target', 'wasm32-unknown-unknown', '--', '--deny', 'warnings'];
  await step('Rust: format', () => quiet('cargo', ['fmt', '--all', '--check']));
  await step('Rust: lints', () => quiet('cargo', clippy));
  await step('Rust: lints of the wasm glue', () => quiet('cargo', wasmClippy));
  await step('Rust: documentation', () => {
    quiet('cargo', ['doc', '--locked', '--no-deps'], { env: { RUSTDOCFLAGS: '--deny warnings' } });
  });
  await step('JavaScript: format and lints', () =>
    tool('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  );
  await step('TypeScript: types', () => {
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    tool('node_modules/typescript/bin/tsc', '-p', 'tsconfig.examples.json');
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
