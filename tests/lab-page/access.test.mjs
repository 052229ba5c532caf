// For everyone: axe-core in each state, dark and light, a phone's width, and the keyboard alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNGUARDED } from '../lab/flows.mjs';
import { drop, fixedTested, noBrowser, openRig, overflow, shot, tested, violations } from './rig.mjs';

/** Each state, and how it is reached from the one before. */
const STATES = [
  ['start', async () => {}],
  ['paste', (page) => page.getByRole('button', { name: 'Paste it' }).click()],
  [
    'refused',
    async (page) => {
      await page.getByLabel('The JSON of an exported flow').fill('{ "flows": [');
      await page.getByRole('button', { name: 'Open it' }).click();
      await page.waitForSelector('.problem');
    },
  ],
  [
    'tested',
    async (page) => {
      await drop(page, UNGUARDED);
      await tested(page);
    },
  ],
  ['settings', (page) => page.getByText('The event, the proxy and the seed number').click()],
  ['step', (page) => page.locator('.card summary').nth(2).click()],
  [
    'chosen',
    async (page) => {
      for (const at of [1, 3]) await page.locator('.faults input[type=checkbox]').nth(at).check();
    },
  ],
  [
    'story',
    async (page) => {
      await page.getByRole('button', { name: 'Let both happen' }).click();
      await page.waitForSelector('.story');
      await page.getByLabel('Moment').fill('4');
    },
  ],
  ['findings', (page) => page.getByRole('tab', { name: /Findings/ }).click()],
  [
    'approaches',
    async (page) => {
      await page.getByRole('tab', { name: 'Approaches' }).click();
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.waitForSelector('table.approaches');
    },
  ],
  [
    'search',
    async (page) => {
      await page.getByRole('tab', { name: 'Search' }).click();
      await page.getByLabel('Combinations').selectOption('100');
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await page.waitForSelector('.found-item');
    },
  ],
  [
    'share',
    async (page) => {
      await page.getByRole('button', { name: 'Share' }).click();
      await page.waitForFunction(() => document.querySelector('.link-text')?.value.includes('seed='));
    },
  ],
  [
    'fixed',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Fix it and test again' }).click();
      await fixedTested(page);
      await page.getByRole('tab', { name: 'Faults' }).click();
    },
  ],
  [
    'edge',
    async (page) => {
      await page.getByLabel('The base URL of your own billonce edge').fill('https://billing.example.com');
      await page.getByRole('button', { name: /Fix through the edge/ }).click();
      await page.waitForFunction(
        () => !document.querySelector('.edge-form') && document.querySelector('.figures'),
      );
    },
  ],
];

describe.skipIf(noBrowser)('for everyone', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  describe.each([1280, 360])('%i pixels wide', (width) => {
    test.each(['light', 'dark'])(
      '%s',
      async (scheme) => {
        const { page, complaints, close } = await rig.visit({ width, scheme });
        for (const [name, reach] of STATES) {
          await reach(page);
          await shot(page, `${name}-${width}-${scheme}`);
          expect([name, await violations(page)]).toEqual([name, []]);
          expect([name, await overflow(page)]).toEqual([name, 0]);
        }
        expect(complaints).toEqual([]);
        await close();
      },
      180_000,
    );
  });

  test('the switch between dark and light holds, also the next time', async () => {
    const { page, close } = await rig.visit({ scheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.waitForSelector('h1');
    expect(await ground()).toBe(dark);
    await page.getByRole('radio', { name: 'As the system' }).check({ force: true });
    expect(await ground()).toBe(light);
    await close();
  });

  test('by the keyboard alone', async () => {
    const { page, close } = await rig.visit();
    /** Goes on with Tab until the focus is on what has this name. */
    const tabTo = async (name, most = 60) => {
      for (let at = 0; at < most; at++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const at = document.activeElement;
          const label = at?.labels?.[0]?.textContent ?? '';
          return `${at?.getAttribute('aria-label') ?? ''} ${label} ${at?.textContent ?? ''}`;
        });
        if (name.test(focused)) return;
      }
      throw new Error(`no Tab leads to ${name}`);
    };
    const focused = () => page.evaluate(() => document.activeElement.textContent);

    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await tabTo(/Start from the published flow/);
    await page.keyboard.press('Enter');
    await tested(page);
    // The verdict is said.
    await page.waitForFunction(() =>
      /twice in \d+ of \d+ faults/.test(document.querySelector('[role=status]').textContent),
    );

    await tabTo(/^\s*Faults/);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^Findings/);
    await page.keyboard.press('End');
    expect(await focused()).toBe('Search');
    await page.keyboard.press('Home');
    await tabTo(/Choose: Retry from the dashboard/);
    await page.keyboard.press('Space');
    await tabTo(/Watch it happen/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.story');
    expect(await page.evaluate(() => document.activeElement.id)).toBe('story-title');
    await tabTo(/Moment/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.getByLabel('Moment').inputValue()).toBe('1');

    // A dialog keeps the focus and gives it back.
    await page.keyboard.press('Shift+Tab');
    await page.locator('#main').focus();
    for (let at = 0; at < 20; at++) {
      await page.keyboard.press('Shift+Tab');
      if ((await focused()).includes('Share')) break;
    }
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    expect(await page.evaluate(() => document.activeElement.closest('dialog') !== null)).toBe(true);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await focused()).toContain('Share');
    await close();
  });
});
