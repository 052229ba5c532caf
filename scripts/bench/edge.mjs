// The edge beside a Worker that only passes requests on, both in the same workerd before the same Stripe, which answers at once.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEdge } from '../edge/start.mjs';
import { load } from './edge/load.mjs';
import { fakeStripe, passOn } from './edge/workers.mjs';

const ADMIN = 'admin-token-of-the-benchmark';
const SECRETS = { BILLONCE_ADMIN_TOKEN: ADMIN, STRIPE_SECRET_KEY: 'sk_test_benchmark' };
const VAULT_KEYS = [1, 10, 100, 1000];
const CONNECTIONS = [1, 16, 64, 256];
const SECONDS = 3;
/** Calls through one vault key, after which it is measured again. */
const GROWN_TO = [1_000, 4_000, 16_000, 32_000];

/** Two tables; `tell` is given a line for each measure. @param {(line: string) => void} tell */
export async function edge(tell) {
  const top = mkdtempSync(join(tmpdir(), 'billonce-bench-edge-'));
  const stripe = await fakeStripe();
  const start = (state) =>
    startEdge({ port: 0, stripeBase: stripe.url, state: join(top, state), env: SECRETS });
  try {
    return [await matrix(top, stripe, start, tell), await growth(top, start, tell)];
  } finally {
    stripe.close();
    rmSync(top, { recursive: true, force: true });
  }
}

async function matrix(top, stripe, start, tell) {
  const head = ['bare', 'edge', 'edge ÷ bare'].flatMap((which) => [`${which}, calls/s`, 'p50', 'p99']);
  const rows = [['vault keys × connections', ...head]];
  const bare = await passOn(top, stripe.url);
  const own = await start('rates');
  try {
    const keys = [];
    for (const vaults of VAULT_KEYS) {
      keys.push(...(await vaultKeys(own.url, vaults - keys.length)));
      // Objects that nobody uses are closed after some seconds, which the disk notices.
      if (vaults > 10) await new Promise((settled) => setTimeout(settled, 15_000));
      for (const connections of CONNECTIONS) {
        const plain = await load(bare.url, keys, connections, SECONDS);
        await load(own.url, keys, connections, 1);
        const judged = await load(own.url, keys, connections, SECONDS);
        const row = [
          `${vaults} × ${connections}`,
          ...shown(plain),
          ...shown(judged),
          ...ratios(judged, plain),
        ];
        tell(row.join('  '));
        rows.push(row);
      }
    }
  } finally {
    bare.stop();
    own.stop();
    await own.ended;
  }
  const note = `Charges with keys of their own, through \`npm run edge\` and through a bare Worker that only forwards, in the same runtime before a Stripe that answers at once; ${SECONDS} seconds each. The load comes from the same cores. The edge writes to disk before it forwards and again before it answers, and waits for both, since what is not on disk is lost in a crash; calls at the same time share these writes.`;
  return { title: 'The edge', note, rows };
}

const shown = ({ rate, p50, p99 }) => [
  Math.round(rate).toLocaleString('en'),
  `${p50.toFixed(1)} ms`,
  `${p99.toFixed(1)} ms`,
];

const ratios = (judged, plain) => [
  `${Math.round((judged.rate / plain.rate) * 100)} %`,
  `${(judged.p50 / plain.p50).toFixed(1)} ×`,
  `${(judged.p99 / plain.p99).toFixed(1)} ×`,
];

/** One vault key, filled: the bytes that a call leaves, and whether the next costs more for it. */
async function growth(top, start, tell) {
  const rows = [['calls made before', 'calls/s', 'p50', 'p99', 'bytes of state a call']];
  const folder = join(top, 'growth');
  let own = await start('growth');
  const [key] = await vaultKeys(own.url, 1);
  const stop = async () => {
    own.stop();
    await own.ended;
  };
  await stop();
  const empty = bytesIn(folder);
  let before = empty;
  let total = 0;
  for (const target of GROWN_TO) {
    own = await start('growth');
    const filled = await load(own.url, [key], 64, 600, target - total);
    const after = await load(own.url, [key], 16, SECONDS);
    await stop();
    // What a runtime that has ended leaves on disk is all there is.
    const bytes = bytesIn(folder);
    const each = Math.round((bytes - before) / (filled.count + after.count));
    const row = [(total + filled.count).toLocaleString('en'), ...shown(after), each.toLocaleString('en')];
    tell(row.join('  '));
    rows.push(row);
    before = bytes;
    total += filled.count + after.count;
  }
  const note = `One vault key and 16 connections, after more and more calls: whether a call costs more for those before it, and what each leaves on disk (Stripe's answer in it has 2.2 KB). An edge with one vault key and no call takes ${empty.toLocaleString('en')} bytes.`;
  return { title: 'The edge as its state grows', note, rows };
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
