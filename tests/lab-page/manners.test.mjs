// How the page behaves around its work: what goes on, what can be stopped, where the keyboard is, and what it says where it cannot start.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveFolder } from '../../scripts/lab/serve.mjs';
import { chain, code, FORM, flowOf, GUARDED, http, loop, UNGUARDED } from '../lab/flows.mjs';
import { buildPage, drop, fixedTested, noBrowser, openRig, overflow, sentence, tested } from './rig.mjs';

const endless = JSON.stringify(flowOf(code('export const code = () => { for (;;); };'), http()));

/** Of so many megabytes of code that reading it takes longer than a cancelled question is waited for. */
function slowToRead() {
  const line = 'var it = { a: [1, 2, 3].map((x) => x * 2), b: "b" + 1 };\n';
  const steps = Array.from({ length: 60 }, (_, at) =>
    code(
      `export const code = () => { ${line.repeat(4_000)} };`,
      {},
      {
        name: `step_${at + 1}`,
      },
    ),
  );
  return JSON.stringify(flowOf(chain(...steps)));
}

const example = async (page) => {
  await page.getByRole('button', { name: 'Start from the published flow' }).click();
  await tested(page);
};

const focused = (page) =>
  page.evaluate(() => {
    const { id, className, textContent } = document.activeElement;
    return id || className || textContent;
  });

describe.skipIf(noBrowser)('the page', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  test('shows how far it is, with Cancel beside it', async () => {
    const { page, close } = await rig.visit();
    await drop(page, endless);
    const bar = await page.locator('.verdict progress').boundingBox();
    const cancel = await page.getByRole('button', { name: 'Cancel' }).boundingBox();
    expect(bar.width).toBeGreaterThan(200);
    expect(cancel.x).toBeGreaterThan(bar.x + bar.width);
    expect(cancel.width).toBeLessThan(120);
    // What is wrong is told once.
    await page.getByText('step_1 ran for more than').waitFor();
    expect(await page.getByText('step_1 ran for more than').count()).toBe(1);
    await close();
  });

  test('opens the file that was dropped last, also while it is still busy with one that was given up', async () => {
    const { page, close } = await rig.visit();
    await drop(page, slowToRead(), 'slow.json');
    await page.getByText('Reading slow.json').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Reading was cancelled.').waitFor();
    await drop(page, GUARDED, 'quick.json');
    await tested(page);
    expect(await page.locator('.eyebrow').innerText()).toContain('quick.json');
    expect(await page.locator('[role=alert] .problem').count()).toBe(0);
    await close();
  }, 60_000);

  test('refuses two files at once, takes one by its field too, and leaves dragged text to the fields', async () => {
    const { page, close } = await rig.visit();
    const two = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      for (const name of ['a.json', 'b.json']) transfer.items.add(new File(['{}'], name));
      return transfer;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer: two });
    await page.getByText('Drop one file').waitFor();
    const isTaken = await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', 'cus_A100');
      const over = new DragEvent('dragover', { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(over);
      return over.defaultPrevented;
    });
    expect(isTaken).toBe(false);
    for (const [name, text] of [
      ['one.json', UNGUARDED],
      ['two.json', GUARDED],
    ]) {
      const file = { name, mimeType: 'application/json', buffer: Buffer.from(text) };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.locator('.eyebrow', { hasText: name }).waitFor();
    }
    await close();
  });

  test('a link put into the address of an open page opens', async () => {
    const { page, close } = await rig.visit();
    await drop(page, GUARDED, 'mine.json');
    await tested(page);
    await page.evaluate(() => {
      location.hash = 'faults=duplicate_delivery&seed=5&flow=example';
    });
    await page.waitForSelector('.story');
    expect(await page.locator('.eyebrow').innerText()).toContain('The published flow');
    expect(await page.locator('.story > .quiet').last().innerText()).toContain('Seed number 5');
    await close();
  });

  test('a link without its flow says that it waits for it', async () => {
    const { page, close } = await rig.visit({ hash: '#faults=duplicate_delivery+worker_died&seed=5' });
    expect(await page.locator('.awaited').innerText()).toContain(
      'Duplicate delivery + Worker died, seed number 5',
    );
    await drop(page, UNGUARDED);
    await page.waitForSelector('.story');
    expect(await page.locator('.chip').count()).toBe(0);
    await page.getByRole('button', { name: 'All faults' }).click();
    expect(await page.locator('.chip').count()).toBe(2);
    await close();
  });

  test('where the browser copies nothing, the link is selected and that is said', async () => {
    const { page, complaints, close } = await rig.visit();
    await example(page);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('the link is selected').waitFor();
    expect(await page.evaluate(() => getSelection().toString() || document.activeElement.className)).toMatch(
      /link-text|seed=1/,
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('the keyboard goes on where it was', async () => {
    const { page, close } = await rig.visit();
    await page.getByRole('button', { name: 'Start from the published flow' }).focus();
    await page.keyboard.press('Enter');
    await tested(page);
    expect(await focused(page)).toBe('main');
    const row = page.getByRole('button', { name: /Worker died after the call/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.story');
    await page.getByRole('button', { name: 'All faults' }).focus();
    await page.keyboard.press('Enter');
    await tested(page);
    await page.waitForFunction(() => document.activeElement.className === 'row-button');
    expect(await page.evaluate(() => document.activeElement.textContent)).toMatch(/^Worker died/);
    await page.getByRole('button', { name: 'Fix it and test again' }).focus();
    await page.keyboard.press('Enter');
    await fixedTested(page);
    await page.waitForFunction(() => document.activeElement.classList.contains('verdict'));
    await close();
  });

  test('what was typed is there when somebody comes back to it', async () => {
    const { page, close } = await rig.visit();
    await example(page);
    await page.getByText('The event, the proxy and the seed number').click();
    await page.getByLabel('Seed number').fill('77');
    await page.getByLabel('Daily cap').fill('-5');
    await page.getByText('A whole number of dollars.').waitFor();
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByLabel('Combinations').selectOption('10000');
    await page.getByRole('tab', { name: 'Faults' }).click();
    expect(await page.getByLabel('Seed number').inputValue()).toBe('77');
    expect(await page.getByLabel('Daily cap').getAttribute('aria-describedby')).toBe('cap-note');
    await page.getByLabel('Daily cap').fill('60');
    await page.getByRole('button', { name: 'Test with these' }).click();
    await tested(page);
    expect(await page.locator('.settings summary').innerText()).toContain('cap $60, seed 77');
    await page.getByRole('tab', { name: 'Search' }).click();
    expect(await page.getByLabel('Combinations').inputValue()).toBe('10000');
    await close();
  });

  test('of thousands of events some are drawn, and the slider goes to all', async () => {
    const { page, close } = await rig.visit();
    const items = code(
      'export const code = () => ({ list: Array.from({ length: 300 }, (_, at) => ({ id: at })) })',
    );
    const charge = http({
      headers: FORM,
      body: { data: "amount=100&currency=usd&customer={{step_9['output']['item']['id']}}" },
    });
    await drop(page, JSON.stringify(flowOf(items, loop(charge, { items: "{{step_1['output']['list']}}" }))));
    await tested(page);
    await page.getByRole('button', { name: /Retry from the dashboard/ }).click();
    await page.getByText('1 to 300 of').waitFor();
    expect(await page.locator('.event').count()).toBe(300);
    const last = Number(await page.getByLabel('Moment').getAttribute('max'));
    expect(last).toBeGreaterThan(1_500);
    await page.getByLabel('Moment').fill(String(last));
    await page.locator('.event[aria-current]', { hasText: 'Run 2 succeeds' }).waitFor();
    expect(await page.locator('.event').count()).toBe(300);
    expect(await page.locator('.player-money').innerText()).toBe('$600.00 in 600 charges');
    await close();
  }, 60_000);

  test('tested again and again it keeps no threads', async () => {
    const { page, complaints, close } = await rig.visit();
    await example(page);
    await page.getByRole('button', { name: 'Fix it and test again' }).click();
    await fixedTested(page);
    for (let time = 0; time < 10; time++) {
      await page.getByRole('button', { name: 'Test again', exact: true }).click();
      await fixedTested(page);
    }
    // The last of them may be under way.
    await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBe(1);
    expect(complaints).toEqual([]);
    await close();
  });

  test('names of any kind are text, and never wider than a phone', async () => {
    const { page, complaints, close } = await rig.visit({ width: 360 });
    const flow = JSON.parse(UNGUARDED);
    flow.name = 'N'.repeat(500);
    const { trigger } = flow.flows[0];
    trigger.displayName = 'مرحبا بالعالم 🎉';
    trigger.nextAction.displayName = 'L'.repeat(500);
    trigger.nextAction.nextAction.displayName = '<img src=x onerror="document.title=1"><b>bold</b>';
    await drop(page, JSON.stringify(flow), `${'f'.repeat(200)}.json`);
    await tested(page);
    await page.locator('.card summary').nth(1).click();
    expect(await page.locator('.card-title').nth(2).innerText()).toContain('<b>bold</b>');
    expect(await page.locator('.card img, .card b').count()).toBe(0);
    expect(await overflow(page)).toBe(0);
    const { height } = await page.locator('.eyebrow').boundingBox();
    expect(height).toBeLessThan(50);
    expect(complaints).toEqual([]);
    await close();
  });

  test('at 320 pixels nothing is wider than the window', async () => {
    const { page, close } = await rig.visit({ width: 320 });
    expect(await overflow(page)).toBe(0);
    await example(page);
    expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: /Retry from the dashboard/ }).click();
    await page.waitForSelector('.story');
    expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: 'Fix it and test again' }).click();
    await fixedTested(page);
    expect(await overflow(page)).toBe(0);
    await close();
  });

  test('a finding leads to its step, and a search says how it ended', async () => {
    const { page, close } = await rig.visit();
    await example(page);
    await page.getByRole('tab', { name: /Findings/ }).click();
    await page.getByRole('button', { name: 'Charge with Stripe' }).click();
    expect(await page.evaluate(() => document.activeElement.parentElement.id)).toBe('card-step_2');
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByLabel('Combinations').selectOption('100');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page
      .getByText(/^100 combinations tried, \d+ ways to something bad found\.$/)
      .waitFor({ state: 'attached' });
    await close();
  });

  test('on paper there is what was found out, and nothing to press', async () => {
    const { page, close } = await rig.visit({ scheme: 'dark' });
    await example(page);
    const { height } = await page.locator('table.faults').boundingBox();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('button', { name: 'Fix it and test again' }).isVisible()).toBe(false);
    expect(await page.locator('.head-tools').isVisible()).toBe(false);
    expect((await page.locator('table.faults').boundingBox()).height).toBeGreaterThan(height / 2);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    await close();
  });

  describe('where it cannot start', () => {
    test.each([
      ['opened from a disk', null, (folder) => `file://${folder}/index.html`],
      ['without its script', 'page.js', null],
    ])('%s it says so', async (_, missing, urlOf) => {
      const folder = await buildPage();
      if (missing) rmSync(join(folder, missing));
      const server = await serveFolder(folder);
      const { page, close } = await rig.visit();
      await page.goto(urlOf?.(folder) ?? server.url);
      await page.getByText('The lab has not started.').waitFor();
      await close();
      server.stop();
    });

    test.each(['worker.js', 'lab-worker.js'])('without %s it says so', async (missing) => {
      const folder = await buildPage();
      rmSync(join(folder, missing));
      const server = await serveFolder(folder);
      const { page, close } = await rig.visit();
      await page.goto(server.url);
      await page.waitForSelector('h1');
      await drop(page, UNGUARDED);
      await page.getByText('The lab’s thread could not be started').waitFor();
      expect(await page.locator('#verdict').count()).toBe(missing === 'worker.js' ? 0 : 1);
      await close();
      server.stop();
    });
  });

  test('says why a flow that fails charges nobody', async () => {
    const { page, close } = await rig.visit();
    await drop(
      page,
      JSON.stringify(flowOf(code("export const code = () => { throw new Error('no'); };"), http())),
    );
    await page.waitForSelector('.undisturbed');
    expect(await sentence(page)).toBe('This flow charged nobody.');
    expect(await page.locator('.verdict-detail').innerText()).toMatch(/^Run 1 fails at step_1: no/);
    await close();
  });
});
