// What is no flow, too large, or never ends: a clear message, and a page that goes on.
import { readFlow } from 'billonce/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { code, FORM, flowOf, http, loop, UNGUARDED } from '../lab/flows.mjs';
import { drop, noBrowser, openRig, sentence, tested } from './rig.mjs';

const refusalOf = (text) => {
  try {
    readFlow(text);
  } catch ({ message }) {
    return message;
  }
  throw new Error('this is a flow');
};

const many = (count) => {
  let step = null;
  for (let at = count; at > 0; at--)
    step = { ...code('', {}, { name: `step_${at}` }), ...(step ? { nextAction: step } : {}) };
  return step;
};

/** JSON.stringify gives up below so many steps. */
function manySteps(count) {
  const one = JSON.stringify(code('', {}, { name: 'step_N' }));
  const [head, tail] = JSON.stringify(flowOf(code('', {}, { name: 'step_N' }))).split(one);
  const open = Array.from({ length: count }, (_, at) =>
    one.replace('step_N', `step_${at + 1}`).slice(0, -1),
  ).join(',"nextAction":');
  return `${head}${open}${'}'.repeat(count)}${tail}`;
}

describe.skipIf(noBrowser)('a bad file', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  test.each([
    ['not JSON', 'hello'],
    ['empty', ''],
    ['a list', '[]'],
    ['no flow', '{"a":1}'],
    ['truncated', UNGUARDED.slice(0, 900)],
    ['a step of no type', UNGUARDED.replace('"type": "CODE"', '"type": 7')],
    [
      'a reference to nothing',
      UNGUARDED.replace("step_1['output'].amount_cents", "step_9['output'].amount_cents"),
    ],
    ['5,000 steps', manySteps(5000)],
  ])('%s: the message of the lab, in an alert', async (_, text) => {
    const { page, complaints, close } = await rig.visit();
    await drop(page, text);
    const shown = page.locator('[role=alert] .problem p').first();
    await shown.waitFor();
    expect(await shown.innerText()).toBe(refusalOf(text));
    // Another file is taken at once, and the message goes.
    await drop(page, UNGUARDED);
    await tested(page);
    expect(await page.locator('[role=alert] .problem').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  test('50 MB are refused without being read, while the page answers', async () => {
    const { page, close } = await rig.visit();
    await page.evaluate(() => {
      globalThis.longest = 0;
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    await page.evaluate(async () => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['{"a":"', 'x'.repeat(50_000_000), '"}'], 'big.json'));
      // Making the file is the test's own work.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      globalThis.longest = 0;
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    });
    await page.getByText('flow is larger than 20 MB').waitFor();
    const longest = await page.evaluate(() => globalThis.longest);
    // Told, not asserted: a frame's time depends on the machine.
    console.log(`50 MB: the longest the page did not draw was ${Math.round(longest)} ms`);
    await close();
  });

  test('2,000 steps are drawn, and the page answers', async () => {
    const { page, close } = await rig.visit();
    await drop(page, JSON.stringify(flowOf(many(1500))));
    await page.waitForSelector('#verdict');
    await page.getByText('1,500 steps').waitFor();
    await close();
  });

  test('a step that never ends is named, and what runs can be cancelled', async () => {
    const { page, close } = await rig.visit();
    await drop(page, JSON.stringify(flowOf(code('export const code = () => { for (;;); };'), http())));
    await page.waitForSelector('#verdict');
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await page.getByText('Cancelled.', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Test this flow' }).first().click();
    const shown = page.locator('.verdict [role=alert] p').first();
    await shown.waitFor();
    expect(await shown.innerText()).toMatch(/^step_1 ran for more than/);
    expect(await sentence(page)).toBe('This flow could not be tested.');
    await close();
  });

  const looping = (items) => {
    const list = code(`export const code = () => Array.from({ length: ${items} }, (_, at) => at);`);
    const body = { data: "amount=100&currency=usd&customer={{step_9['output']['item']}}" };
    return JSON.stringify(
      flowOf(list, loop(http({ headers: FORM, body }), { items: "{{step_1['output']}}" })),
    );
  };

  test('a loop over 100,000 items is refused by its name', async () => {
    const { page, close } = await rig.visit();
    await drop(page, looping(100_000));
    const shown = page.locator('.verdict [role=alert] p').first();
    await shown.waitFor();
    expect(await shown.innerText()).toMatch(/^step_9 goes through 100,000 items; /);
    expect(await sentence(page)).toBe('This flow could not be tested.');
    await close();
  });

  test('a loop over 2,000 items tells how far it is, and is cancelled at once', async () => {
    const { page, close } = await rig.visit();
    await drop(page, looping(2000));
    await page.locator('.running-count', { hasText: '1 of' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled.', { exact: true }).waitFor();
    expect(await sentence(page)).toBe('Not tested yet.');
    await close();
  });

  test('a step that throws is a run that fails, not a page that does', async () => {
    const { page, complaints, close } = await rig.visit();
    await drop(
      page,
      JSON.stringify(flowOf(code("export const code = () => { throw new Error('no'); };"), http())),
    );
    await page.waitForSelector('.tone-warn, .tone-bad');
    expect(complaints).toEqual([]);
    await close();
  });
});
