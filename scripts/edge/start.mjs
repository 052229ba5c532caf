// Cloudflare's runtime with the edge in it, as a child process: what `npm run edge` and the tests start.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { root, Stop } from '../lib/run.mjs';
import { workerdPath } from './runtime.mjs';

/** How long a predecessor has to let go of the state or the port. */
const PATIENCE_MS = 10_000;
/** Longer than a start takes: whoever said before that to be starting is gone, and another process has its number. */
const LONGEST_START_MS = 3 * PATIENCE_MS;
/** How long requests in flight have when the edge is stopped. */
const GRACE_MS = 5000;

/**
 * Starts the edge, and answers once it listens. `before` is the file of a module that stands before the Worker, whose `edge.js`
 * it imports: how tests lead its clock.
 *
 * @param {{ port: number, host?: string, stripeBase: string, state: string, env?: Record<string, string | undefined>, before?: URL }} options
 * @returns {Promise<{ url: string, pid: number, stop(): void, ended: Promise<number> }>} `ended` gives the exit code
 */
export async function startEdge({ port, host = '127.0.0.1', stripeBase, state, env = process.env, before }) {
  const folder = resolve(state);
  writable(folder, () => mkdirSync(join(folder, 'data'), { recursive: true }));
  return alone(folder, async () => {
    await predecessorGone(folder);
    writable(folder, () => {
      for (const name of ['edge.js', 'billonce-edge.wasm'])
        copyFileSync(join(root, 'pkg', name), join(folder, name));
      if (before) copyFileSync(before, join(folder, 'before.js'));
      writeFileSync(join(folder, 'edge.capnp'), config(host, port, stripeBase, Boolean(before), env));
    });
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const edge = await attempt(folder, host, env);
      if (edge.url) return edge;
      // Whoever had the port may just be on its way out.
      if (edge.portTaken && Date.now() > until) throw new Stop(`port ${port} of ${host} is in use`);
      if (!edge.portTaken) throw new Stop(`the edge did not start:\n${edge.complaint}`);
      await sleep(100);
    }
  });
}

function writable(folder, work) {
  try {
    work();
  } catch (cause) {
    throw new Stop(`the state cannot be kept in ${folder}: ${cause.message}`);
  }
}

async function attempt(folder, host, env) {
  const child = spawn(runtime(), ['serve', 'edge.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    // Nothing else of the environment is the runtime's business.
    env: { BILLONCE_ADMIN_TOKEN: env.BILLONCE_ADMIN_TOKEN, STRIPE_SECRET_KEY: env.STRIPE_SECRET_KEY },
  });
  const pidFile = join(folder, 'workerd.pid');
  writeFileSync(pidFile, String(child.pid));
  const watchdog = endWithUs(child.pid);
  let complaint = '';
  let listens = false;
  child.stderr.on('data', (text) => {
    // Before it listens, what it says is part of the message about that.
    if (listens) process.stderr.write(text);
    else complaint = (complaint + text).slice(-10_000);
  });
  const ended = new Promise((done) => {
    child.once('exit', (code, signal) => {
      watchdog?.kill('SIGKILL');
      rmSync(pidFile, { force: true });
      done(signal === 'SIGTERM' || signal === 'SIGKILL' ? 0 : (code ?? 1));
    });
  });
  const stop = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  for await (const line of createInterface(child.stdio[3])) {
    const { event, port } = JSON.parse(line);
    if (event !== 'listen') continue;
    listens = true;
    process.stderr.write(complaint);
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return { url, pid: child.pid, stop, ended };
  }
  await ended;
  return { complaint, portTaken: /Address already in use/i.test(complaint) };
}

function runtime() {
  const path = workerdPath();
  if (existsSync(path)) return path;
  const [, name] = path.match(/node_modules\/(@cloudflare\/[^/]+)/);
  throw new Stop(
    `Cloudflare's runtime for ${process.platform} ${process.arch} is missing: \`npm install --no-save ${name}\` brings it`,
  );
}

/** Should this process be killed, the runtime must not go on alone: a helper ends it when the pipe from here breaks. */
function endWithUs(pid) {
  if (process.platform === 'win32') return null;
  const helper = spawn('sh', ['-c', 'cat > /dev/null; kill -9 "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  helper.stdin.on('error', () => {});
  helper.unref();
  helper.stdin.unref();
  return helper;
}

/** Two runtimes on one state would both send what either left open: waits for a predecessor to end, or refuses. */
async function predecessorGone(folder) {
  const until = Date.now() + PATIENCE_MS;
  while (isWorkerd(pidIn(join(folder, 'workerd.pid')))) {
    if (Date.now() > until) throw taken(folder);
    await sleep(50);
  }
}

/** Does `work` while nobody else starts on this folder: of two at once, both would find no predecessor. */
async function alone(folder, work) {
  const [file, own] = ['starting.pid', `starting.${process.pid}.${++starts}`].map((name) =>
    join(folder, name),
  );
  const until = Date.now() + LONGEST_START_MS + 1000;
  writable(folder, () => writeFileSync(own, String(process.pid)));
  try {
    // A link appears with its content, and for one only.
    while (!linked(own, file)) {
      if (!isAlive(pidIn(file)) || ageOf(file) > LONGEST_START_MS) rmSync(file, { force: true });
      else if (Date.now() > until) throw taken(folder);
      else await sleep(50);
    }
  } finally {
    rmSync(own);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

let starts = 0;

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if (cause.code === 'EEXIST') return false;
    throw cause;
  }
}

const taken = (folder) => new Stop(`another edge runs on ${folder}: stop it, or give --state another folder`);

/** The process that a file names; 0 where there is no such file. */
function pidIn(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isWorkerd(pid) {
  if (!isAlive(pid)) return false;
  const name = `/proc/${pid}/comm`;
  return (
    !existsSync('/proc/self/comm') || (existsSync(name) && readFileSync(name, 'utf8').startsWith('workerd'))
  );
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Secrets come from the environment; what stands here may be read by anyone. */
const config = (host, port, stripeBase, before, { KEEP_ANSWERS_DAYS: days }) => `# Written by npm run edge.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = (
      modules = [${before ? '\n        (name = "before.js", esModule = embed "before.js"),' : ''}
        (name = "edge.js", esModule = embed "edge.js"),
        (name = "billonce-edge.wasm", wasm = embed "billonce-edge.wasm"),
      ],
      compatibilityDate = "2026-06-01",
      durableObjectNamespaces = [
        (className = "Vault", uniqueKey = "billonce-vault", enableSql = true),
        (className = "Registry", uniqueKey = "billonce-registry", enableSql = true),
      ],
      durableObjectStorage = (localDisk = "data"),
      bindings = [
        (name = "VAULTS", durableObjectNamespace = "Vault"),
        (name = "REGISTRY", durableObjectNamespace = "Registry"),
        (name = "STRIPE_BASE", text = ${JSON.stringify(stripeBase)}),${days ? `\n        (name = "KEEP_ANSWERS_DAYS", text = ${JSON.stringify(days)}),` : ''}
        (name = "BILLONCE_ADMIN_TOKEN", fromEnvironment = "BILLONCE_ADMIN_TOKEN"),
        (name = "STRIPE_SECRET_KEY", fromEnvironment = "STRIPE_SECRET_KEY"),
      ],
    )),
    (name = "data", disk = (path = "data", writable = true)),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = ${JSON.stringify(`${host.includes(':') ? `[${host}]` : host}:${port}`)}, http = (), service = "edge")],
);
`;
