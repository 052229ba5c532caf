import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { root } from '../lib/run.mjs';

/** Bytes of what a user loads. */
export function sizes() {
  const row = (name, path) => {
    const bytes = readFileSync(join(root, path));
    const numbers = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
    return [name, ...numbers.map((number) => number.toLocaleString('en'))];
  };
  return {
    title: 'Size',
    note: 'Bytes. The JavaScript holds wasm and table as base64, since a bundled Code step has no files.',
    rows: [
      ['', 'raw', 'gzip -9', 'brotli'],
      row('wasm of the rules', 'pkg/billonce.wasm'),
      row('wasm of the rules for answers', 'pkg/billonce-answers.wasm'),
      row('wasm of the per-key path', 'pkg/billonce-keys.wasm'),
      row('table of endpoints, in the JavaScript', 'src/endpoint/table.bin'),
      row('index.js (ESM)', 'pkg/index.js'),
      row('index.cjs', 'pkg/index.cjs'),
      row('rules.cjs, which it requires for the rules', 'pkg/rules.cjs'),
      row('stripe.js, beside index.js', 'pkg/stripe.js'),
      row('billonce.paste.ts', 'pkg/billonce.paste.ts'),
      row('edge.js, for Workers', 'pkg/edge.js'),
      row('wasm of the edge', 'pkg/billonce-edge.wasm'),
      row('lab.js, beside index.js', 'pkg/lab.js'),
      row("lab-worker.js, the lab's thread", 'pkg/lab-worker.js'),
    ],
  };
}
