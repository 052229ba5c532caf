import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { broughtNode } from '../../tests/support/hosts.mjs';
import { root } from '../lib/run.mjs';
import { median } from './rounds.mjs';

const EVENT = "{ customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' }";
const CALLS = {
  'first key': `idempotencyKey(${EVENT})`,
  'first guard().charge()': `guard({}).charge(${EVENT}).idempotency_key`,
};

/** Load and first answer in the V8 isolate of a Code step, for each Node that isolated-vm has a binary for. */
export async function isolates() {
  const rows = [];
  for (const major of [22, 24].filter((version) => existsSync(broughtNode(version)))) {
    for (const [name, call] of Object.entries(CALLS)) {
      const { version, times } = await measure(broughtNode(major), call);
      rows.push([`${name}, isolate of Node ${version}`, median(times).toFixed(2)]);
    }
  }
  return {
    title: 'In the isolate',
    note: 'Milliseconds from an empty isolate to the answer, bundled as Activepieces bundles it; the median of 15.',
    rows: [['', 'ms'], ...rows],
  };
}

async function measure(node, call) {
  const outfile = join(root, 'target/bench/isolate.js');
  mkdirSync(join(root, 'target/bench'), { recursive: true });
  await build({
    stdin: {
      contents: `import { guard, idempotencyKey } from './pkg/index.js'; globalThis.answer = ${call};`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'iife',
    footer: { js: 'answer' },
  });
  const runner = fileURLToPath(new URL('isolate.cjs', import.meta.url));
  const flags = ['--no-node-snapshot'];
  return JSON.parse(execFileSync(node, [...flags, runner, outfile, '15'], { encoding: 'utf8' }));
}
