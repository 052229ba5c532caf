// The built files: how large they are, how long the first load takes, and the command that serves them.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { noBrowser, openRig } from './rig.mjs';

/** What the page shows itself with, and what is loaded while somebody reads it; brotli, in kilobytes. */
const BUDGET = { 'page.js': 26, 'page.css': 6, 'inter.woff2': 49, 'worker.js': 170, 'lab-worker.js': 275 };

describe.skipIf(noBrowser)('the built files', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  test('are within their budget', () => {
    const sizes = Object.keys(BUDGET).map((name) => {
      const bytes = readFileSync(join(rig.folder, name));
      return {
        file: name,
        bytes: bytes.length,
        gzip: gzipSync(bytes).length,
        brotli: brotliCompressSync(bytes).length,
      };
    });
    console.table(sizes);
    for (const { file, brotli } of sizes) expect([file, brotli / 1000 < BUDGET[file]]).toEqual([file, true]);
  });

  test('are all that there is, and none names the builder’s machine', () => {
    const names = readdirSync(rig.folder).sort();
    expect(names).toEqual(['LICENSES.txt', 'icon.svg', 'index.html', ...Object.keys(BUDGET)].sort());
    for (const name of names) expect(readFileSync(join(rig.folder, name), 'latin1')).not.toContain(root);
  });

  test('show the page soon', async () => {
    const { page, close } = await rig.visit();
    const times = await page.evaluate(() => {
      const [entry] = performance.getEntriesByType('navigation');
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return { loaded: Math.round(entry.loadEventEnd), painted: Math.round(paint?.startTime ?? 0) };
    });
    // Told, not asserted: it depends on the machine.
    console.log(`first load: painted after ${times.painted} ms, loaded after ${times.loaded} ms`);
    await close();
  });
});

test('npm run lab serves the page, and ends on SIGTERM', async () => {
  const child = spawn(process.execPath, ['scripts/lab.mjs', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await new Promise((resolve, reject) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part) => {
        text += part;
        const ready = /^billonce lab ready on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(text);
        if (ready) resolve(ready[1]);
      });
      child.once('exit', (status) => reject(new Error(`it ended with ${status}`)));
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain("default-src 'none'");
    for (const path of ['/nothing.js', '/..%2fpackage.json', '/src/page.tsx', '//', '//x:99999/', '/%ff']) {
      expect((await fetch(url + path)).status).toBe(404);
    }
    expect(await ended(['--port', new URL(url).port])).toEqual([
      1,
      expect.stringContaining(`Port ${new URL(url).port} is taken: give another with --port`),
    ]);
  } finally {
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  }
}, 600_000);

test('npm run lab refuses what is no port', async () => {
  expect(await ended(['--port', 'x'])).toEqual([1, expect.stringContaining('--port x is no port')]);
});

/** How it ends by itself, and what it says then. */
async function ended(args) {
  const child = spawn(process.execPath, ['scripts/lab.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return [await new Promise((resolve) => child.once('close', resolve)), text];
}
