// The front door: what `npm start` prints, figure by figure, and the flow that it hands out for import.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { surprises } from '../../scripts/demo/compare.mjs';
import { resolve } from '../../scripts/demo/references.mjs';
import { dollars, palette } from '../../scripts/demo/terminal.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');
const run = (program, ...args) =>
  spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: 'utf8' });
// A first run may have to build the package.
const PATIENCE = 600_000;

describe('npm start -- --json', () => {
  let ended;
  let report;
  beforeAll(() => {
    ended = run('scripts/start.mjs', '--json');
    report = JSON.parse(ended.stdout);
  }, PATIENCE);

  test('ends well, with progress on standard error', () => {
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('packing and installing billonce');
  });

  test('has the figures of the README', () => {
    const rows = [...read('README.md').matchAll(/^\|[^|]+\| (\$[^|]+) \| (\$[^|]+) \| (.*) \|$/gm)];
    const ofReadme = rows.map(([, ...cells]) => cells.map((cell) => cell.replaceAll('*', '')));
    const ofReport = report.faults.map(({ owed, without, with: guarded }) =>
      [owed, without, guarded].map(({ usd_cents }) => dollars(usd_cents)),
    );
    expect(ofReadme).toEqual(ofReport);
  });

  // name, owed, without billonce, with billonce: charges and cents each
  test.each([
    ['dashboard_retry', [1, 4900], [2, 9800], [1, 4900]],
    ['duplicate_delivery', [1, 4900], [2, 9800], [1, 4900]],
    ['worker_died', [1, 4900], [2, 9800], [1, 4900]],
    ['http_resend', [1, 4900], [3, 14700], [1, 4900]],
    ['hourly_schedule', [1, 9900], [24, 237600], [1, 9900]],
    ['loop_with_index', [3, 6000], [6, 12000], [3, 6000]],
    ['loop_without_index', [3, 6000], [6, 12000], [1, 2000]],
    ['two_charges_with_type', [2, 9800], [4, 19600], [2, 9800]],
    ['two_charges_without_type', [2, 9800], [4, 19600], [1, 4900]],
  ])('%s', (name, owed, without, guarded) => {
    const money = ([charges, usd_cents]) => ({ charges, usd_cents });
    const fault = report.faults.find((it) => it.name === name);
    expect(fault).toEqual({
      name,
      title: expect.any(String),
      owed: money(owed),
      without: money(without),
      with: money(guarded),
      correct: owed[1] === guarded[1],
      note: expect.any(String),
    });
  });

  test('there are no other faults', () => {
    expect(report.faults).toHaveLength(9);
  });

  test('the second of two deliveries meets 409, and its retry gets the same charge', () => {
    const { note } = report.faults.find(({ name }) => name === 'duplicate_delivery');
    expect(note).toContain('Stripe answers 200, 409, 200 (the same charge): the second run fails');
  });

  test('what is not billed comes with advice', () => {
    const wrong = report.faults.filter(({ correct }) => !correct).map(({ note }) => note);
    expect(wrong).toEqual([
      expect.stringContaining('give loop_index or loop_item'),
      expect.stringContaining('give charge_type'),
    ]);
  });

  test('one event: its key, its request and its decision', () => {
    const { event, preimage, idempotency_key, request, decision, decision_when_spent } = report.event;
    expect(event).toEqual({ customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' });
    expect(preimage).toBe('cus_A100:4900:2026-06:activepieces-billing');
    expect(idempotency_key).toBe(createHash('sha256').update(preimage).digest('hex'));
    expect(request).toEqual({
      method: 'POST',
      url: 'https://proxy.keybrake.com/stripe/v1/charges',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Idempotency-Key': idempotency_key,
      },
      body: `amount=4900&currency=usd&customer=cus_A100&description=Renewal%20for%202026-06&metadata[billonce_key]=${idempotency_key}`,
      idempotency_key,
    });
    expect(decision).toMatchObject({ allowed: true, code: 'allowed', amount_usd_cents: 4900 });
    expect(decision).toMatchObject({ cap_usd_cents: 4900, remaining_usd_cents: 4900 });
    expect(decision.resets_at).toBe('2026-06-02T00:00:00.000Z');
    expect(decision_when_spent).toMatchObject({ allowed: false, code: 'daily_usd_cap_exceeded' });
  });
});

describe('npm start', () => {
  test(
    'prints plain text of at most 100 columns where there is no terminal',
    () => {
      const { status, stdout, stderr } = run('scripts/start.mjs');
      expect(status, stderr).toBe(0);
      expect(stdout).not.toContain('\x1b');
      expect(stdout).toContain(
        '│ 5 schedule fires 24 times  │ 1  $99.00 │      24  $2,376.00 │       1   $99.00 │ ✓ billed once  │',
      );
      expect(stdout).toContain('✗ 2 not billed');
      expect(stdout).toContain(`${'description'.padEnd(22)}  Renewal for 2026-06`);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
    PATIENCE,
  );

  test('refuses arguments that it does not know', () => {
    const { status, stdout, stderr } = run('scripts/start.mjs', '--jsno');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe('npm start does not know "--jsno". Usage: npm start, or npm start -- --json\n');
  });

  test('a figure that was not expected is told', () => {
    const money = (charges) => ({ charges, usd_cents: charges * 4900 });
    const fault = { expected: { without: money(2), with: money(1) } };
    expect(surprises(fault, { name: 'x', without: money(2), with: money(1) })).toEqual([]);
    expect(surprises(fault, { name: 'x', without: money(2), with: money(0) })).toEqual([
      'x, with billonce: expected 1 charges of 4900 cents together, counted 0 charges of 0 cents together',
    ]);
  });

  test('colours are for terminals that want them', () => {
    expect(palette({ isTTY: true }, {}).green('ok')).toBe('\x1b[32mok\x1b[0m');
    expect(palette({ isTTY: true }, { NO_COLOR: '1' }).green('ok')).toBe('ok');
    expect(palette({ isTTY: false }, {}).green('ok')).toBe('ok');
  });

  test.each([
    [0, '$0.00'],
    [5, '$0.05'],
    [4900, '$49.00'],
    [237600, '$2,376.00'],
    [999_999_999_999, '$9,999,999,999.99'],
  ])('%d cents are %s', (cents, text) => {
    expect(dollars(cents)).toBe(text);
  });
});

describe('references', () => {
  const scope = { step_1: { output: { n: 4900, a: { 'b c': ['x', { d: true }] } } } };
  test.each([
    ["{{step_1['output']['n']}}", 4900],
    ["{{step_1['output'].n}}", 4900],
    ["{{ step_1['output'].a['b c'][1].d }}", true],
    ['{{step_1["output"].a}}', { 'b c': ['x', { d: true }] }],
    ["n={{step_1['output'].n}}&x={{step_1['output'].a['b c'][0]}}", 'n=4900&x=x'],
    ["{{step_2['output'].n}}", ''],
    ["{{step_1['output'].constructor}}", ''],
    ['no reference', 'no reference'],
    [
      { list: ["{{step_1['output'].n}}"], kept: 30 },
      { list: [4900], kept: 30 },
    ],
  ])('%j', (input, value) => {
    expect(resolve(input, scope)).toEqual(value);
  });

  test('an expression is not evaluated', () => {
    expect(() => resolve('{{step_1.output.n + 1}}', scope)).toThrow('no reference that this runner can read');
  });
});

describe('the flows for import', () => {
  const exported = JSON.parse(read('tests/vectors/exported-flow-0.85.4.json'));
  const guarded = JSON.parse(read('examples/activepieces-code-step/flow.json'));
  const unguarded = JSON.parse(read('scripts/demo/without-billonce.flow.json'));
  const stepsOf = (flow) => {
    const chain = (step) => (step ? [step, ...chain(step.nextAction)] : []);
    return chain(flow.flows[0].trigger.nextAction);
  };

  test('are up to date', () => {
    const { status, stderr } = run('scripts/generate-flow.mjs', '--check');
    expect(status, stderr).toBe(0);
  });

  test.each([
    ['with billonce', guarded],
    ['without billonce', unguarded],
  ])('have the shape of a real export: %s', (_, flow) => {
    const [code, charge, notify] = stepsOf(flow);
    const [realCode, realHttp] = stepsOf(exported);
    expect(shape(flow, ['flows', 'metadata'])).toEqual(shape(exported, ['flows', 'metadata']));
    expect(shape(flow.flows[0], ['trigger'])).toEqual(shape(exported.flows[0], ['trigger']));
    expect(shape(flow.flows[0].trigger, ['nextAction'])).toEqual(
      shape(exported.flows[0].trigger, ['nextAction']),
    );
    expect(flow.flows[0].schemaVersion).toBe(exported.flows[0].schemaVersion);
    expect(shape(code, ['nextAction', 'input'])).toEqual(shape(realCode, ['nextAction', 'input']));
    expect(shape(charge, ['nextAction', 'headers'])).toEqual(shape(realHttp, ['nextAction', 'headers']));
    const ofTheBody = ['nextAction', 'headers', 'data', 'authFields'];
    expect(shape(notify, ofTheBody)).toEqual(shape({ ...realHttp, nextAction: undefined }, ofTheBody));
    for (const step of [charge, notify]) {
      expect(step.settings.pieceVersion).toBe(realHttp.settings.pieceVersion);
      expect(step.settings.propertySettings.url).toEqual({ type: 'MANUAL' });
    }
  });

  test('the guarded flow sends what its Code step says, with the vault key of a connection', () => {
    const [code, charge] = stepsOf(guarded);
    expect(code.settings.sourceCode).toEqual({
      code: read('examples/activepieces-code-step/code.ts'),
      packageJson: '{"dependencies":{"billonce":"0.1.0"}}',
    });
    const { url, headers, body, authFields, followRedirects, failureMode } = charge.settings.input;
    expect({ url, headers, body, authFields, followRedirects, failureMode }).toEqual({
      url: "{{step_1['output'].request.url}}",
      headers: {
        'Content-Type': "{{step_1['output'].request.headers['Content-Type']}}",
        'Idempotency-Key': "{{step_1['output'].request.headers['Idempotency-Key']}}",
      },
      body: { data: "{{step_1['output'].request.body}}" },
      authFields: { token: "{{connections['billonce_vault_key']}}" },
      followRedirects: false,
      failureMode: 'continue_none',
    });
  });

  test('the unguarded flow sends no idempotency key', () => {
    expect(JSON.stringify(unguarded)).not.toMatch(/idempotency|billonce'/i);
  });
});

/** Names and types of what is in a value; of the fields in `free`, only whether they are there. */
function shape(value, free = []) {
  if (Array.isArray(value)) return value.map((item) => shape(item, free));
  if (value === null || typeof value !== 'object') return typeof value;
  const fields = Object.entries(value).filter(([, it]) => it !== undefined);
  return Object.fromEntries(
    fields.map(([name, it]) => [name, free.includes(name) ? 'free' : shape(it, free)]),
  );
}
