// Cloudflare's runtime with a Worker that is bundled as its tools do it: by the `workerd` condition, the wasm files as
// modules beside it.
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { LONGEST, workerd } from './hosts.mjs';

/** A Worker may ask programs of this machine. */
const config = (modules, flags) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules}], compatibilityDate = "2026-06-01", compatibilityFlags = ${JSON.stringify(flags)},
      globalOutbound = "machine"
    )),
    (name = "machine", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** Bundles `worker.mjs` of a folder, and answers with the folder that holds the result. */
async function bundled(folder, flags) {
  const out = join(folder, 'out');
  await build({
    absWorkingDir: folder,
    entryPoints: ['worker.mjs'],
    outdir: out,
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    external: ['node:*'],
    loader: { '.wasm': 'copy' },
    logLevel: 'error',
  });
  const wasm = readdirSync(out).filter((name) => name.endsWith('.wasm'));
  const modules = ['esModule = embed "worker.js"', ...wasm.map((name) => `wasm = embed "${name}"`)];
  const named = modules.map((module) => `(name = ${module.match(/".*"/)}, ${module})`);
  writeFileSync(join(out, 'config.capnp'), config(named, flags));
  return out;
}

/** Runs `worker.mjs` of a folder in workerd for as long as `use` takes, which is given its URL. */
export async function inWorkerd(folder, flags, use) {
  const child = spawn(workerd, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: await bundled(folder, flags),
    timeout: LONGEST,
    stdio: ['ignore', 'inherit', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint += text;
  });
  try {
    for await (const line of createInterface(child.stdio[3])) {
      const { event, port } = JSON.parse(line);
      if (event === 'listen') return await use(`http://127.0.0.1:${port}/`);
    }
    throw new Error('workerd ended without listening');
  } catch (cause) {
    throw new Error(`${cause.message}\n${complaint}`, { cause });
  } finally {
    child.kill();
  }
}

/** Reads the answer of such a Worker to one request as JSON. */
export function jsonOfWorker(folder, flags = []) {
  return inWorkerd(folder, flags, async (url) => {
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  });
}
