// The lab's thread as a page has it: a Web Worker, whose only realm is the one that steps run in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, missingChromium } from '../../support/chromium.mjs';
import { packedFixture } from '../../support/packed.mjs';
import { servePages } from '../../support/pages.mjs';
import { UNGUARDED } from '../flows.mjs';
import { ESCAPES } from './escapes.mjs';
import { codeNamed, flowOf, NOW } from './labs.mjs';

const missing = await missingChromium();
const WORLD = {
  seed: 1,
  now: NOW,
  proxy: { kind: 'spend_cap', policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 100 } },
};
const order = (flow, payload = {}, connections = {}) => ({
  flow,
  payload,
  connections,
  world: WORLD,
  timeline: true,
});

describe.skipIf(missing)('in Chromium', () => {
  let pages;
  let browser;
  let page;
  const asked = [];

  beforeAll(async () => {
    const worker = readFileSync(join(packedFixture().folder, 'node_modules/billonce/lab-worker.js'), 'utf8');
    const source = `import { callJob } from './lab-worker.js';
      globalThis.call = (...given) => callJob(...given).catch(({ code, field, message }) => ({ refused: { code, field, message } }));
      globalThis.ready = true;`;
    pages = await servePages({
      'page.html': '<script type="module" src="page.js"></script>',
      'page.js': source,
      'lab-worker.js': worker,
    });
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${pages.origin}/page.html`);
    await page.waitForFunction('globalThis.ready');
  });
  afterAll(async () => {
    await browser?.close();
    pages?.close();
  });

  const call = (input, options = {}) =>
    page.evaluate(([given, more]) => globalThis.call('run', given, more), [input, options]);
  const step = (source) => flowOf(codeNamed('step_4', source));

  test("the seed's flow, the same as in Node to the byte", async () => {
    const payload = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
    const connections = {
      stripe_secret_key: 'sk_test_of_the_demo',
      slack_webhook_url: 'https://hooks.slack.com/x',
    };
    const input = order(UNGUARDED, payload, connections);
    const { callJob } = await import('billonce/lab-worker');
    const here = await callJob('run', input);
    expect(here.charges).toHaveLength(1);
    expect(JSON.stringify(await call(input))).toBe(JSON.stringify(here));
  });

  test('chance, time, hashes and billonce are the same as in Node', async () => {
    const source = `import { idempotencyKey } from 'billonce'; import { createHash, randomUUID } from 'crypto';
      export const code = async () => { await new Promise((done) => setTimeout(done, 1500));
        console.log(randomUUID(), Math.random(), new Date().toLocaleString(), String(new Date()), new Date(2026, 5, 1).toString(), createHash('sha256').update('ä').digest('hex'),
          idempotencyKey({ customer_id: 'c', amount_cents: 1, billing_period: 'p' }), new URL('https://a.b:8443/?x=1').host); };`;
    const { callJob } = await import('billonce/lab-worker');
    const here = await callJob('run', order(step(source)));
    expect(here.logs[0].text).toMatch(/[\da-f]{64} [\da-f]{64}/);
    expect((await call(order(step(source)))).logs).toEqual(here.logs);
  });

  test('steps that never end are named, without shared memory', async () => {
    expect(await page.evaluate('typeof SharedArrayBuffer')).toBe('undefined');
    const options = { step_time_limit_ms: 300 };
    const message = 'step_4 ran for more than 300 ms without an end: its code may be an endless loop';
    const refused = { code: 'endless_step', field: 'step_4', message };
    for (const body of [
      'for (;;);',
      'for (;;) await null;',
      "await fetch('https://example.com'); for (;;);",
    ]) {
      expect(await call(order(step(`export const code = async () => { ${body} };`)), options)).toEqual({
        refused,
      });
    }
  });

  test.each(Object.keys(ESCAPES))('no way out: %s', async (name) => {
    const source = `export const code = async () => { const out = await (async () => { ${ESCAPES[name]} })(); console.log(typeof out, String(out).slice(0, 200)); };`;
    const { refused, runs, logs } = await call(order(step(source)), { step_time_limit_ms: 5000 });
    expect(refused?.code).not.toBe('internal_error');
    const said = refused?.message ?? runs[0].error ?? logs.at(-1)?.text;
    expect(said).not.toMatch(/ESCAPED|object (Window|DedicatedWorker)/);
    expect(said).toMatch(
      /^(undefined|code from texts is not|step_4 (imports|has import|has code that cannot)|Cannot (read|assign|redefine)|'caller'|.* is not (a function|a constructor|defined|iterable)|object null|string none)/,
    );
  });

  test('nothing was asked of the network but the three files', () => {
    expect(asked.filter((url) => !/\/(page\.html|page\.js|lab-worker\.js|favicon\.ico)$/.test(url))).toEqual(
      [],
    );
  });
});
