// Cloudflare's runtime with a Worker that is bundled as its tools do it: by the `workerd` condition, the wasm files as
// modules beside it. The suite runs in a request's handler.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { LONGEST, missing, workerd } from '../../support/hosts.mjs';
import { consumer, writeFiles } from '../../support/packed.mjs';

const WORKER = `
import { run } from './run.mjs';
export default { fetch: async () => Response.json(await run()) };
`;

const config = (modules, flags) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [${modules}], compatibilityDate = "2026-06-01", compatibilityFlags = ${JSON.stringify(flags)}
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

async function bundled(suite, flags) {
  const cwd = consumer({ ...suite, 'worker.mjs': WORKER });
  await build({
    absWorkingDir: cwd,
    entryPoints: ['worker.mjs'],
    outdir: 'out',
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

async function run(suite, flags) {
  const cwd = await bundled(suite, flags);
  const child = spawn(workerd, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd,
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

const version = () =>
  execFileSync(workerd, ['--version'], { encoding: 'utf8' }).trim().replace('workerd ', '');

const launcher = (name, flags) => ({
  name,
  missing: () => missing(workerd),
  run: async (suite) => ({ version: version(), ...(await run(suite, flags)) }),
});

export const launchers = [launcher('workerd', []), launcher('workerd, nodejs_compat', ['nodejs_compat'])];
