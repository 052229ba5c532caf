// The whole path: a flow is dropped, its faults are told, it is mended, downloaded, and tested again.
import { readFile } from 'node:fs/promises';
import { compareApproaches, fixFlow, lint, readFlow, testFlow } from 'billonce/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPORTED, GUARDED, UNGUARDED } from '../lab/flows.mjs';
import { drop, fixedTested, noBrowser, openRig, rows, sentence, shot, tested } from './rig.mjs';

/** The published flow's. */
const EVENT = {
  event_id: 'evt_1001',
  customer_id: 'cus_A100',
  amount_cents: 4900,
  billing_period: '2026-06',
};
const PAYLOAD = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };

describe.skipIf(noBrowser)('the page', () => {
  let rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  test('drop, fault, finding, fix, download, test again', async () => {
    const { page, complaints, close } = await rig.visit();
    await drop(page, UNGUARDED, 'renewal.json');
    await tested(page);
    const told = await testFlow(UNGUARDED, { seed: 1, payload: PAYLOAD });
    const twice = told.reports.filter(({ report }) => report.verdict === 'charged_twice').length;
    expect(twice).toBeGreaterThan(3);
    expect(await sentence(page)).toBe(
      `This flow would charge this customer twice in ${twice} of ${told.reports.length} faults.`,
    );

    // The same figures as the package's own, for every fault.
    const shown = await rows(page);
    expect(shown).toHaveLength(told.reports.length + 1);
    const charges = (list) => list.map((count) => count).sort((a, b) => a - b);
    expect(charges(shown.slice(1).map((row) => row.charges))).toEqual(
      charges(told.reports.map(({ report }) => report.charged.charges)),
    );
    expect(shown.find(({ title }) => /hourly/i.test(title))).toMatchObject({
      charged: '$1,176.00',
      charges: 24,
    });

    // A fault's runs.
    await page.getByRole('button', { name: /retry from the dashboard/i }).click();
    await page.waitForSelector('.story');
    expect(await page.locator('.event.tone-money').count()).toBe(2);
    expect(await page.locator('.card-hurt .card-name').innerText()).toBe('step_2');
    await shot(page, 'path-story');
    await page.getByRole('button', { name: 'All faults' }).click();

    // What is found without running it.
    await page.getByRole('tab', { name: /Findings/ }).click();
    expect(await page.locator('.finding code').innerText()).toBe('missing-idempotency-key');

    // Mended, and at once tested again: what a key alone cannot do is said.
    await page.getByRole('button', { name: 'Fix this and test again' }).click();
    await fixedTested(page);
    await page.getByText('As it came').click();
    await page.getByRole('tab', { name: /Findings/ }).click();
    await page.getByRole('button', { name: 'Fix it and test again' }).waitFor({ state: 'detached' });
    await page.getByText('Fixed', { exact: true }).click();
    const { fixed: byKey } = fixFlow(UNGUARDED);
    const keyed = await testFlow(byKey, { seed: 1, payload: PAYLOAD });
    const still = keyed.reports.filter(({ report }) => report.verdict === 'charged_twice');
    expect(still.map(({ fault }) => fault.name)).toEqual([
      'retry_after_25_hours',
      'retry_after_3_days',
      'period_reformatted',
    ]);
    const keyedSentence = `This flow would charge this customer twice in 3 of ${keyed.reports.length} faults.`;
    expect(await sentence(page)).toBe(keyedSentence);
    await page.getByRole('tab', { name: /Faults/ }).click();
    await shot(page, 'path-fixed');

    // The downloaded file is a flow, has nothing left to find, and says the same when it is dropped.
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the fixed flow' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('renewal.fixed.json');
    const fixed = await readFile(await download.path(), 'utf8');
    expect(lint(fixed)).toEqual([]);
    await drop(page, fixed, 'renewal.fixed.json');
    // While the file is read, the faults of the one before it are still shown.
    await page.locator('.eyebrow', { hasText: 'renewal.fixed.json' }).waitFor();
    await tested(page);
    expect(await sentence(page)).toBe(keyedSentence);
    expect(complaints).toEqual([]);
    await close();
  });

  test('through the edge nothing charges twice, in no combination that a search tries', async () => {
    const { page, close } = await rig.visit();
    await page.getByRole('button', { name: 'Start from the published flow' }).click();
    await tested(page);
    const before = await sentence(page);
    await page.getByRole('button', { name: 'Fix it and test again' }).click();
    await fixedTested(page);
    await page.getByText('Stripe may forget a key after 24 hours').waitFor();
    await page.getByLabel('The base URL of your own billonce edge').fill('http://insecure.example.com');
    await page.getByRole('button', { name: /Fix through the edge/ }).click();
    await page.locator('[role=alert] .problem').waitFor();
    await page.getByLabel('The base URL of your own billonce edge').fill('https://billing.example.com');
    await page.getByRole('button', { name: /Fix through the edge/ }).click();
    await page.waitForSelector('.tone-good');
    expect(await sentence(page)).toMatch(/^This flow charges nobody twice in any of \d+ faults\.$/);
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByLabel('Combinations').selectOption('1000');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('None of 1,000 combinations').waitFor({ timeout: 60_000 });
    await page.getByText('As it came').click();
    expect(await sentence(page)).toBe(before);
    await close();
  }, 120_000);

  test('several faults together, watched step by step', async () => {
    const { page, close } = await rig.visit();
    await drop(page, UNGUARDED);
    await tested(page);
    await page.getByRole('checkbox', { name: /delivered twice at once/i }).check();
    await page.getByRole('checkbox', { name: /worker died/i }).check();
    await page.getByRole('button', { name: 'Let both happen' }).click();
    await page.waitForSelector('.story');
    const all = await page.locator('.player-money').innerText();
    expect(all).toMatch(/^\$\d+\.00 in [3-9] charges$/);
    await page.getByLabel('Moment').fill('0');
    expect(await page.locator('.player-money').innerText()).toBe('$0.00 charged');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(() => Number(document.querySelector('.player input').value) >= 2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await close();
  });

  test('the published comparison comes out of running flows', async () => {
    const { page, close } = await rig.visit();
    await page.getByRole('button', { name: 'Start from the published flow' }).click();
    await tested(page);
    await page.getByRole('tab', { name: 'Approaches' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForSelector('table.approaches');
    const table = await page
      .locator('table.approaches tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll('td .mark')].map((mark) => mark.textContent[0]).join('')),
      );
    // Yes, Partly, No: as the package itself has it.
    const { columns, approaches } = await compareApproaches(UNGUARDED, { payload: EVENT });
    const words = { yes: 'Y', partial: 'P', no: 'N' };
    expect(table).toHaveLength(6);
    expect(table).toEqual(
      approaches.map(({ cells }) => columns.map(({ id }) => words[cells[id].state]).join('')),
    );
    await shot(page, 'path-approaches');
    await close();
  });

  test('a search tells its progress, and is cancelled with what it has found', async () => {
    const { page, close } = await rig.visit();
    await drop(page, UNGUARDED);
    await tested(page);
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.getByLabel('Combinations').selectOption('100000');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    // What it has found so far is told now and then.
    await page.waitForFunction(
      () =>
        Number(document.querySelector('.running-count')?.textContent.split(' ')[0].replace(',', '') ?? 0) >
        500,
    );
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForSelector('.found-item');
    expect(await page.locator('.search-told').innerText()).toMatch(/^Cancelled after [\d,]+ combinations/);
    await page.getByRole('button', { name: 'Watch it happen' }).first().click();
    await page.waitForSelector('.story');
    await close();
  });

  test('an event of the user’s own, and what is no JSON yet', async () => {
    const { page, close } = await rig.visit();
    await drop(page, UNGUARDED);
    await tested(page);
    await page.getByText('The event, the proxy and the seed number').click();
    const payload = page.getByLabel('The trigger’s payload, as JSON');
    await payload.fill('{ "customer_id": ');
    await page.getByText('This is not JSON yet.').waitFor();
    await payload.fill(JSON.stringify({ ...PAYLOAD, amount_cents: 9900 }));
    await page.getByRole('button', { name: 'Test with these' }).click();
    await page.waitForFunction(() => document.querySelector('.figure-value')?.textContent === '$99.00');
    expect((await rows(page)).find(({ title }) => /hourly/i.test(title)).charged).toBe('$2,376.00');
    await close();
  });

  test.each([
    ['a real export', EXPORTED, /^This flow would charge this customer twice in 2 of \d+ faults\./],
    ['one that confirms nothing', EXPORTED.replace('&confirm=true', ''), /^This flow charged nobody\./],
    ['the guarded flow', GUARDED, /^This flow would charge this customer twice in \d of \d+ faults\./],
  ])('%s is drawn and tested', async (name, text, said) => {
    const { page, close } = await rig.visit();
    await drop(page, text);
    await page.waitForSelector('table.faults, .undisturbed');
    expect(await sentence(page)).toMatch(said);
    const { steps } = readFlow(text);
    expect(await page.locator('.card').count()).toBe(1 + [...everyStep(steps)].length);
    await shot(page, `path-${name.replaceAll(' ', '-')}`);
    await close();
  });
});

function* everyStep(steps) {
  for (const step of steps) {
    yield step;
    yield* everyStep(step.steps ?? []);
    for (const branch of step.branches ?? []) yield* everyStep(branch.steps);
  }
}
