// Chromium, driven by playwright-core.
import { launchChromium, missingChromium } from '../../support/chromium.mjs';
import { serveSuite } from './pages.mjs';

/** What a page shows, and the browser's version. */
export async function shownBy(suite, path) {
  const { origin, close } = await serveSuite(suite);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const failed = new Promise((_, reject) => page.once('pageerror', reject));
    await page.goto(`${origin}/${path}`);
    const text = await Promise.race([page.locator('#shown').textContent(), failed]);
    return { version: browser.version(), shown: JSON.parse(text) };
  } finally {
    await browser.close();
    close();
  }
}

export const missing = await missingChromium();

const launcher = (name, path) => ({
  name: `Chromium, ${name}`,
  missing: () => missing,
  run: async (suite) => {
    const { version, shown } = await shownBy(suite, path);
    return { version, ...shown };
  },
});

export const launchers = [
  launcher('main thread', 'main'),
  launcher('Web Worker', 'worker'),
  launcher('service worker', 'service-worker'),
  launcher('strict CSP', 'csp'),
];
