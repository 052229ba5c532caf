// The page, built with the packed package and served as any static host would, in Chromium.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildLab } from '../../scripts/lab/build.mjs';
import { serveFolder } from '../../scripts/lab/serve.mjs';
import { root } from '../../scripts/lib/run.mjs';
import { launchChromium, missingChromium } from '../support/chromium.mjs';
import { hostPath } from '../support/hosts.mjs';
import { consumer, packedFixture } from '../support/packed.mjs';

export const noBrowser = await missingChromium();

/** Kept for whoever wants to look at them. */
const SHOTS = join(root, 'target/lab-screenshots');

export async function buildPage() {
  const folder = join(consumer({}), 'page');
  await buildLab({ folder, pkg: join(packedFixture().folder, 'node_modules/billonce') });
  return folder;
}

/** @returns A browser on the page; `visit` opens it in a context of its own, where every request is written down. */
export async function openRig() {
  const folder = await buildPage();
  const server = await serveFolder(folder);
  const browser = await launchChromium();
  return {
    folder,
    url: server.url,
    async visit({ width = 1280, scheme = 'light', hash = '', wait = 'h1' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: scheme,
        acceptDownloads: true,
      });
      const requests = [];
      const complaints = [];
      context.on('request', (request) => requests.push(request.url()));
      const page = await context.newPage();
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${server.url}/${hash}`);
      await page.waitForSelector(wait);
      return { page, requests, complaints, close: () => context.close() };
    },
    async close() {
      await browser.close();
      server.stop();
    },
  };
}

/** A file as somebody drops it on the page. */
export async function drop(page, text, name = 'flow.json') {
  const given = await page.evaluateHandle(
    ([text, name]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name, { type: 'application/json' }));
      return transfer;
    },
    [text, name],
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: given });
  await page.dispatchEvent('body', 'drop', { dataTransfer: given });
}

/** Until every fault has happened. */
export const tested = (page) => page.waitForSelector('table.faults');

/** Until the mended flow has been through every fault. */
export const fixedTested = (page) =>
  page.waitForFunction(() =>
    /^\d+ of \d+$/.test(document.querySelectorAll('.version-count')[1]?.textContent ?? ''),
  );

export const sentence = (page) => page.locator('#verdict').innerText();

/** Each row of the table of faults: its title, what was charged, how often, and the result. */
export const rows = (page) =>
  page.locator('table.faults tbody tr').evaluateAll((all) =>
    all.map((row) => ({
      title: row.querySelector('.row-button').firstChild.textContent,
      charged: row.querySelector('td.number span').textContent,
      charges: Number.parseInt(row.querySelector('td.number .row-what').textContent, 10),
      result: row.querySelector('.mark-label').textContent,
    })),
  );

export async function shot(page, name) {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const axe = readFileSync(
  createRequire(hostPath('axe-core/package.json')).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** What axe-core finds, a line each. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ''}`),
  );
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
