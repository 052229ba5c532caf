// `npm run edge` itself: how it starts, what it says, how it ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStripeDouble } from '../support/stripe-double/index.mjs';
import { ADMIN_TOKEN, eventually, STRIPE_KEY } from './rig.mjs';

const root = new URL('../../', import.meta.url).pathname;
const SECRETS = { BILLONCE_ADMIN_TOKEN: ADMIN_TOKEN, STRIPE_SECRET_KEY: STRIPE_KEY };

describe('npm run edge', () => {
  let double;
  let state;
  beforeAll(async () => {
    double = await startStripeDouble();
    state = mkdtempSync(join(tmpdir(), 'billonce-edge-command-'));
  });
  afterAll(async () => {
    await double.close();
    rmSync(state, { recursive: true, force: true });
  });

  const start = (args, env = SECRETS) => {
    const { BILLONCE_ADMIN_TOKEN: _, STRIPE_SECRET_KEY: __, ...rest } = process.env;
    const child = spawn(process.execPath, ['scripts/edge.mjs', ...args], {
      cwd: root,
      env: { ...rest, ...env },
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise((done) => child.once('close', (code) => done({ code, stderr })));
    return { child, ended };
  };
  const ready = async (child) => {
    for await (const line of createInterface(child.stdout)) {
      const url = line.match(/^billonce edge ready on (http:\/\/127\.0\.0\.1:\d+)$/)?.[1];
      if (url) return url;
    }
    return null;
  };
  const args = () => ['--port', '0', '--stripe-base', double.url, '--state', state];
  const healthy = (url) =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );

  it('says when it is ready, serves on loopback, and ends cleanly on SIGTERM', async () => {
    const { child, ended } = start(args());
    const url = await ready(child);
    expect(await healthy(url)).toBe(true);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(await healthy(url)).toBe(false);
  });

  it('leaves nothing running when it is killed, and starts again on the same state', async () => {
    const first = start(args());
    const url = await ready(first.child);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await eventually(async () => !(await healthy(url)))).toBe(true);
    const port = new URL(url).port;
    const second = start(args().with(1, port));
    expect(await ready(second.child)).toBe(url);
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it.runIf(process.platform === 'linux')('ends with the npm that started it, however that ends', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      const npm = spawn('npm', ['run', 'edge', '--', ...args()], {
        cwd: root,
        env: { ...process.env, ...SECRETS },
      });
      const url = await ready(npm);
      expect(await healthy(url)).toBe(true);
      npm.kill(signal);
      expect(await eventually(async () => !(await healthy(url)))).toBe(true);
    }
  });

  it('shows no secret to whoever lists processes', async () => {
    const { child, ended } = start(args());
    await ready(child);
    const { readdirSync, readFileSync } = await import('node:fs');
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      });
    expect(lines.some((line) => line.includes('workerd'))).toBe(true);
    for (const secret of Object.values(SECRETS))
      expect(lines.some((line) => line.includes(secret))).toBe(false);
    child.kill('SIGTERM');
    await ended;
  });

  it('says what is missing or wrong', async () => {
    const cases = [
      [[], {}, 'BILLONCE_ADMIN_TOKEN is missing in the environment.'],
      [[], { BILLONCE_ADMIN_TOKEN: ADMIN_TOKEN }, 'STRIPE_SECRET_KEY is missing in the environment.'],
      [['--port', 'x'], SECRETS, '--port x is no port'],
      [['--stripe-base', 'ftp://x'], SECRETS, '--stripe-base is no base URL'],
      [['--token', 'x'], SECRETS, "Unknown option '--token'"],
      [[], { ...SECRETS, BILLONCE_ADMIN_TOKEN: 'two words' }, 'BILLONCE_ADMIN_TOKEN must be visible ASCII'],
      [[], { ...SECRETS, STRIPE_SECRET_KEY: `${STRIPE_KEY}\n` }, 'STRIPE_SECRET_KEY must be visible ASCII'],
      [[], { ...SECRETS, BILLONCE_ADMIN_TOKEN: 'vault_key_1' }, 'BILLONCE_ADMIN_TOKEN must be no vault key'],
      [
        [],
        { ...SECRETS, BILLONCE_ADMIN_TOKEN: STRIPE_KEY },
        'BILLONCE_ADMIN_TOKEN must not be the Stripe key',
      ],
      [
        [],
        { ...SECRETS, KEEP_ANSWERS_DAYS: '30' },
        'KEEP_ANSWERS_DAYS must be a number of days, at least 90',
      ],
      [['--state', 'package.json'], SECRETS, 'the state cannot be kept in '],
    ];
    for (const [given, env, message] of cases) {
      const { code, stderr } = await start(given, env).ended;
      expect(code).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });

  it('says once that the port is in use', async () => {
    const server = createServer();
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address();
    const { code, stderr } = await start(args().with(1, `${port}`)).ended;
    expect([code, stderr.trim()]).toEqual([1, `port ${port} of 127.0.0.1 is in use`]);
    await new Promise((closed) => server.close(closed));
  }, 30_000);

  it('lets one of two that start at once have the state', async () => {
    const both = [start(args()), start(args())];
    const urls = await Promise.all(both.map(({ child }) => ready(child)));
    expect(urls.filter(Boolean)).toHaveLength(1);
    for (const { child } of both) child.kill('SIGTERM');
    const ends = await Promise.all(both.map(({ ended }) => ended));
    const refused = ends[urls.indexOf(null)];
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('another edge runs on ');
  }, 60_000);
});
