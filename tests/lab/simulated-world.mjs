// The simulated world as the lab uses it, bundled from its source: it is no entry of the package by itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'billonce-world-'));
const outfile = join(folder, 'world.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['js/lab/world/world.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  loader: { '.wasm': 'base64', '.bin': 'base64' },
  logLevel: 'error',
});
const { href } = pathToFileURL(outfile);
const { openWorld } = await import(href);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const START_MS = Date.UTC(2026, 5, 1, 9);
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Worlds in an instance of their own, and its memory once there is one. */
export async function freshWorlds() {
  const { Instance } = WebAssembly;
  const fresh = await import(`${href}?fresh`);
  let memory;
  const openWorld = (settings) => {
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        memory = this.exports.memory;
      }
    };
    try {
      return fresh.openWorld(settings);
    } finally {
      WebAssembly.Instance = Instance;
    }
  };
  return { openWorld, memory: () => memory };
}

/** A world with a cap of 49 dollars, unless it is asked for otherwise. */
export function world({ seed = 1, kind = 'spend_cap', policy = {}, ...more } = {}, open = openWorld) {
  const all = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49, ...policy };
  return open({ seed, now: START_MS, proxy: { kind, policy: all }, ...more });
}

/** A charge of 49 dollars on its way; answers with its ticket. */
export function charge(world, { to = 'stripe', key, body, path = '/v1/charges', ...more } = {}) {
  const authorization = to === 'proxy' ? 'Bearer vault_key_of_a_test' : 'Bearer sk_test_of_a_test';
  return world.send({
    to,
    method: 'POST',
    path,
    headers: { authorization, ...FORM, ...(key !== undefined && { 'idempotency-key': key }) },
    body: body ?? 'amount=4900&currency=usd&customer=cus_A100',
    timeout_ms: 60_000,
    ...more,
  });
}

/** Everything that happens until nothing is left, by ticket. */
export function drain(world) {
  const happened = new Map();
  for (let next = world.next(); next !== null; next = world.next()) happened.set(next.ticket, next);
  return happened;
}
