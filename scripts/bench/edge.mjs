// The edge beside a Worker that only passes requests on, both in the same workerd before the same Stripe, which answers at once.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerdPath } from '../edge/runtime.mjs';
import { startEdge } from '../edge/start.mjs';

const ADMIN = 'admin-token-of-the-benchmark';
const SECRETS = { BILLONCE_ADMIN_TOKEN: ADMIN, STRIPE_SECRET_KEY: 'sk_test_benchmark' };
const POINTS = [
  [1, 1],
  [1, 16],
  [1, 256],
  [10, 16],
  [100, 64],
  [1000, 256],
];
const SECONDS = 2;

const PASS_ON = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const headers = { 'content-type': request.headers.get('content-type'), authorization: 'Bearer ' + env.KEY };
    const body = await request.text();
    const answer = await fetch(env.BASE + pathname.slice(7), { method: request.method, headers, body });
    return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
  },
};
`;

export async function edge() {
  const top = mkdtempSync(join(tmpdir(), 'billonce-bench-edge-'));
  const stripe = await fakeStripe();
  const start = (state) =>
    startEdge({ port: 0, stripeBase: stripe.url, state: join(top, state), env: SECRETS });
  const bare = await passOn(top, stripe.url);
  try {
    const head = [
      'pass-through, calls/s',
      'p50',
      'p99',
      'edge, calls/s',
      'p50',
      'p99',
      'edge ÷ pass-through',
    ];
    const rows = [['vault keys × connections', ...head]];
    const own = await start('rates');
    const keys = [];
    for (const [vaults, connections] of POINTS) {
      if (keys.length < vaults) {
        keys.push(...(await vaultKeys(own.url, vaults - keys.length)));
        // Objects that nobody uses are closed after some seconds, which the disk notices.
        await new Promise((settled) => setTimeout(settled, vaults > 10 ? 15_000 : 0));
      }
      const plain = await load(bare.url, keys.slice(0, vaults), connections, SECONDS);
      await load(own.url, keys.slice(0, vaults), connections, 1);
      const judged = await load(own.url, keys.slice(0, vaults), connections, SECONDS);
      const share = `${Math.round((judged.rate / plain.rate) * 100)} %`;
      rows.push([`${vaults} × ${connections}`, ...shown(plain), ...shown(judged), share]);
    }
    own.stop();
    await own.ended;
    rows.push(...(await growth(top, start)));
    const note = `Charges with keys of their own, through \`npm run edge\` and through a Worker that only forwards, before a Stripe that answers at once. The load comes from the same two cores. The edge writes to disk before it forwards and again before it answers, and waits for both, since what is not on disk is lost in a crash; calls at the same time share these writes. The last lines are of one vault key: what a call leaves on disk (its answer was 2.2 KB), and the same load after more and more calls.`;
    return { title: 'The edge', note, rows };
  } finally {
    bare.stop();
    stripe.close();
    rmSync(top, { recursive: true, force: true });
  }
}

const shown = ({ rate, p50, p99 }) => [
  Math.round(rate).toLocaleString('en'),
  `${p50.toFixed(1)} ms`,
  `${p99.toFixed(1)} ms`,
];

/** One vault key, filled: the bytes that a call leaves, and whether the next costs more for it. */
async function growth(top, start) {
  const rows = [];
  let key;
  let before = 0;
  let total = 0;
  for (const target of [2_000, 10_000, 20_000]) {
    const own = await start('growth');
    key ??= (await vaultKeys(own.url, 1))[0];
    const filled = await load(own.url, [key], 32, 600, target - total);
    total += filled.count;
    const after = await load(own.url, [key], 16, SECONDS);
    total += after.count;
    own.stop();
    await own.ended;
    const bytes = bytesIn(join(top, 'growth'));
    const each = Math.round((bytes - before) / (filled.count + after.count));
    before = bytes;
    const title = `1 × 16, after ${total.toLocaleString('en')} calls of ${each.toLocaleString('en')} bytes`;
    rows.push([title, '', '', '', ...shown(after), '']);
  }
  return rows;
}

/** The databases and their logs; what SQLite keeps beside them comes and goes. */
const bytesIn = (folder) =>
  readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })
    .filter((file) => /\.sqlite(-wal)?$/.test(file.name))
    .map((file) => statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);

async function vaultKeys(url, count) {
  const make = async () => {
    const body = JSON.stringify({
      name: 'bench',
      allowed_endpoints: ['POST /v1/charges'],
      daily_usd_cap: 9_999_999_999,
    });
    const headers = { authorization: `Bearer ${ADMIN}` };
    const response = await fetch(`${url}/admin/vault-keys`, { method: 'POST', headers, body });
    return (await response.json()).vault_key;
  };
  const keys = [];
  while (keys.length < count) {
    keys.push(...(await Promise.all(Array.from({ length: Math.min(20, count - keys.length) }, make))));
  }
  return keys;
}

let sent = 0;

/** As many connections as asked for, each sending one charge after the other. */
async function load(url, keys, connections, seconds, most = Number.POSITIVE_INFINITY) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  const until = performance.now() + seconds * 1000;
  const connection = async () => {
    while (performance.now() < until && times.length < most) {
      const started = performance.now();
      const status = await charge(url, agent, keys[sent % keys.length], `bench-${sent++}`);
      if (status !== 200) throw new Error(`a charge of the benchmark was answered ${status}`);
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  const elapsed = (performance.now() - started) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { count: times.length, rate: times.length / elapsed, p50: at(0.5), p99: at(0.99) };
}

function charge(url, agent, token, key) {
  const body = 'amount=100&currency=usd&customer=cus_1&description=Renewal%20for%202026-06';
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    'idempotency-key': key,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/stripe/v1/charges`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject);
    call.end(body);
  });
}

async function fakeStripe() {
  const body = JSON.stringify({
    id: 'ch_1',
    object: 'charge',
    amount: 100,
    amount_captured: 100,
    captured: true,
    currency: 'usd',
    status: 'succeeded',
    description: 'x'.repeat(2000),
  });
  const server = createServer((incoming, answer) => {
    incoming.resume();
    incoming.on('end', () => answer.setHeader('content-type', 'application/json').end(body));
  });
  // An idle connection that is closed just as it is used again would be an answer lost.
  server.keepAliveTimeout = 0;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

async function passOn(top, base) {
  writeFileSync(join(top, 'pass-on.js'), PASS_ON);
  writeFileSync(
    join(top, 'pass-on.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "pass-on.js", esModule = embed "pass-on.js")], compatibilityDate = "2026-06-01",
      bindings = [(name = "BASE", text = "${base}"), (name = "KEY", text = "sk_test_benchmark")],
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const stdio = ['ignore', 'ignore', 'inherit', 'pipe'];
  const child = spawn(workerdPath(), ['serve', 'pass-on.capnp', '--control-fd=3'], { cwd: top, stdio });
  for await (const line of createInterface(child.stdio[3])) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
  }
  throw new Error('workerd ended without listening');
}
