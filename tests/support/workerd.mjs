// Cloudflare's runtime with a Worker that is bundled as its tools do it: by the `workerd` condition, the wasm files as
// modules beside it.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { LONGEST, workerd } from './hosts.mjs';
import { writeFiles } from './packed.mjs';

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

/** The folder of the Worker that `entry` in `cwd` is. */
async function bundled(cwd, entry, flags) {
  await build({
    absWorkingDir: cwd,
    entryPoints: [entry],
    outfile: 'out/worker.js',
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    loader: { '.wasm': 'copy' },
    logLevel: 'error',
  });
  const out = join(cwd, 'out');
  const wasm = readdirSync(out).filter((name) => name.endsWith('.wasm'));
  const modules = ['esModule = embed "worker.js"', ...wasm.map((name) => `wasm = embed "${name}"`)];
  const named = modules.map((module) => `(name = ${module.match(/".*"/)}, ${module})`);
  writeFiles(out, { 'config.capnp': config(named, flags) });
  return out;
}

/** Runs the Worker that `entry` in `cwd` is, and reads its answer to one request as JSON. */
export async function jsonOfWorker(cwd, entry, flags = []) {
  const child = spawn(workerd, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: await bundled(cwd, entry, flags),
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
      if (event !== 'listen') continue;
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return JSON.parse(text);
    }
    throw new Error('workerd ended without listening');
  } catch (cause) {
    throw new Error(`${cause.message}\n${complaint}`, { cause });
  } finally {
    child.kill();
  }
}
