// The example of a Worker of one's own: wrangler builds it from the packed tarball, and what it builds is the edge.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wranglerDryRun } from '../packaging/tools/builders.mjs';
import { consumer } from '../support/packed.mjs';

const example = (name) =>
  readFileSync(new URL(`../../examples/cloudflare-worker/${name}`, import.meta.url), 'utf8');

it('wrangler deploys it, in a dry run', async () => {
  const files = ['worker.js', 'wrangler.jsonc'];
  const folder = consumer(Object.fromEntries(files.map((name) => [name, example(name)])));
  const built = await wranglerDryRun(folder, 'worker.js');
  const code = readFileSync(join(folder, built), 'utf8');
  for (const name of ['Vault', 'Registry']) expect(code).toMatch(new RegExp(`\\b${name}\\b`));
  const wasm = readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.wasm'));
  expect(wasm.map((name) => name.replace(/^[0-9a-f]+-/, ''))).toEqual(['billonce-edge.wasm']);
});

it('is ten lines', () => {
  expect(example('worker.js').split('\n').length).toBeLessThanOrEqual(10);
});
