// `npx billonce`, from the packed tarball as npm links it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idempotencyKey } from 'billonce';
import { lint } from 'billonce/lab';
import { beforeAll, describe, expect, test } from 'vitest';
import { consumer, packedFixture } from '../support/packed.mjs';
import { code, EXPORTED, FORM, flowOf, GUARDED, http, UNGUARDED } from './flows.mjs';

const HELP = 'billonce key --help tells more.';
let cwd;
beforeAll(() => {
  cwd = consumer({
    'bad.json': UNGUARDED,
    'good.json': GUARDED,
    'real.json': EXPORTED,
    'broken.json': '{"flows":',
    'two words.json': UNGUARDED,
  });
});

/** What it prints and how it ends. On Windows npm's link is a command file, which needs a shell. */
function billonce(words, { input = '', env = {} } = {}) {
  const command = join(packedFixture().folder, 'node_modules/.bin/billonce');
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd,
    input,
    shell,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

describe('billonce', () => {
  test.each([
    [[], 'Which command? Known are test, lint, key; billonce --help tells more.\n'],
    [
      ['lnit'],
      'There is no command lnit. Did you mean lint? Known are test, lint, key; billonce --help tells more.\n',
    ],
    [
      ['constructor'],
      'There is no command constructor. Known are test, lint, key; billonce --help tells more.\n',
    ],
    [
      ['test', 'bad.json', '--serch', '5'],
      'billonce test: --serch is not known here. Did you mean --search? Known are --payload, --payloads, --fault, --search, --depth, --seed, --proxy, --compare, --format, --json. billonce test --help tells more.\n',
    ],
  ])('%j is refused', (words, stderr) => {
    expect(billonce(words)).toEqual({ status: 2, stdout: '', stderr });
  });

  test.each([[['--help']], [['lint', '--help']], [['test', '--help']], [['key', '-h']]])(
    '%j helps',
    (words) => {
      const { status, stdout, stderr } = billonce(words);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^billonce.*\n\nUsage\n/);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    },
  );

  test('--version', () => {
    const { version } = JSON.parse(
      readFileSync(join(packedFixture().folder, 'node_modules/billonce/package.json'), 'utf8'),
    );
    expect(billonce(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('billonce key', () => {
  const EVENT = ['--customer_id', 'cus_A100', '--amount_cents', '4900', '--billing_period', '2026-06'];
  const event = { customer_id: 'cus_A100', amount_cents: '4900', billing_period: '2026-06' };

  test.each([
    [[], {}],
    [
      ['--flow', 'a', '--branch=b', '--charge_type', 'c', '--loop_item', 'i'],
      { flow: 'a', branch: 'b', charge_type: 'c', loop_item: 'i' },
    ],
    [['--loop_index', '3'], { loop_index: '3' }],
    [['--loop_index', '3', '--loop_index', '5'], { loop_index: ['3', '5'] }],
    [
      ['--scheme', 'v2', '--currency', 'usd', '--endpoint', 'charges.create'],
      { scheme: 'v2', currency: 'usd', endpoint: 'charges.create' },
    ],
  ])('%j', (words, more) => {
    const key = idempotencyKey({ ...event, ...more });
    expect(billonce(['key', ...EVENT, ...words])).toEqual({ status: 0, stdout: `${key}\n`, stderr: '' });
    const { stdout } = billonce(['key', ...EVENT, ...words, '--json']);
    expect(JSON.parse(stdout)).toEqual({ idempotency_key: key, event: { ...event, ...more } });
  });

  const NAMES = [
    'customer_id',
    'amount_cents',
    'billing_period',
    'flow',
    'branch',
    'charge_type',
    'loop_item',
    'scheme',
    'currency',
    'endpoint',
    'loop_index',
    'json',
  ];
  const VALUE =
    'needs a value, or takes none: write --name value, or --name=value where the value begins with a dash';
  test.each([
    ['a field is missing', EVENT.slice(2), 'customer_id is required\n'],
    ['an amount is none', [...EVENT, '--amount_cents', '49.00'], null],
    [
      'an option is unknown',
      [...EVENT, '--loop_idx', 'sk_live_51Hx'],
      `billonce key: --loop_idx is not known here. Did you mean --loop_index? Known are ${NAMES.map((name) => `--${name}`).join(', ')}. ${HELP}\n`,
    ],
    ['a value is missing', [...EVENT, '--flow'], `billonce key: --flow ${VALUE}. ${HELP}\n`],
    [
      'a value was not quoted',
      [...EVENT, '--flow', 'my', 'flow'],
      `billonce key: a word stands there without an option. Quote values with spaces; ${HELP}\n`,
    ],
  ])('%s', (_, words, text) => {
    const { status, stdout, stderr } = billonce(['key', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain('51Hx');
    if (text?.startsWith('billonce')) expect(stderr).toBe(text);
    else expect(stderr).toMatch(text ? /^customer_id / : /^amount_cents /);
  });
});

describe('billonce lint', () => {
  test('a clean flow', () => {
    expect(billonce(['lint', 'good.json'])).toEqual({
      status: 0,
      stdout: 'good.json: nothing found\n',
      stderr: '',
    });
  });

  test('a table, with reasons below it', () => {
    expect(billonce(['lint', 'bad.json'])).toEqual({
      status: 1,
      stderr: '',
      stdout: `bad.json

┌───┬──────────┬───────────────────────────┬──────┬─────────────────────────┬───────┐
│   │ severity │ step                      │ line │ rule                    │ --fix │
├───┼──────────┼───────────────────────────┼──────┼─────────────────────────┼───────┤
│ 1 │ error    │ step_2 Charge with Stripe │      │ missing-idempotency-key │ yes   │
└───┴──────────┴───────────────────────────┴──────┴─────────────────────────┴───────┘

   1  This POST to Stripe has no Idempotency-Key: a retry, a second delivery or a worker that died
      charges again.
      Make the key in a Code step with billonce, and send it as the header Idempotency-Key.

1 finding
`,
    });
  });

  test("what a file's texts would make a terminal do is not done", () => {
    const flow = flowOf(http({ headers: FORM }, { displayName: '\x1b[2J\x07Charge\u202E' }));
    const { stdout } = billonce(['lint', '-'], { input: JSON.stringify(flow) });
    expect(stdout).toContain('step_2  [2J Charge');
    expect(stdout).not.toMatch(/[\x1b\x07\u202E]/);
  });

  test.each(['good.json', 'bad.json', 'real.json'])('standard input is as the file %s', (file) => {
    const input = readFileSync(join(cwd, file), 'utf8');
    const piped = billonce(['lint', '-', '--json'], { input });
    const read = billonce(['lint', file, '--json']);
    expect(piped).toEqual({ ...read, stdout: read.stdout.replace(`"${file}"`, '"-"') });
  });

  test('--json is what lint gives', () => {
    const { status, stdout } = billonce(['lint', '--format', 'json', 'bad.json', 'good.json']);
    expect(status).toBe(1);
    const [{ fixed, ...finding }] = lint(UNGUARDED);
    expect(JSON.parse(stdout)).toEqual({
      files: [
        { file: 'bad.json', findings: [{ ...finding, fixable: true }] },
        { file: 'good.json', findings: [] },
      ],
    });
  });

  test('SARIF, with the place in the file', () => {
    const { status, stdout } = billonce(['lint', '--format', 'sarif', 'two words.json']);
    expect(status).toBe(1);
    const { version, runs } = JSON.parse(stdout);
    const [{ tool, results, invocations }] = runs;
    expect([version, tool.driver.name, invocations[0].executionSuccessful]).toEqual([
      '2.1.0',
      'billonce',
      true,
    ]);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['missing-idempotency-key']);
    const [{ ruleId, ruleIndex, level, message, locations }] = results;
    expect([ruleId, ruleIndex, level]).toEqual(['missing-idempotency-key', 0, 'error']);
    expect(message.text).toMatch(/^step_2: This POST to Stripe/);
    const [{ physicalLocation, logicalLocations }] = locations;
    expect(physicalLocation.artifactLocation.uri).toBe('two%20words.json');
    expect(UNGUARDED.split('\n')[physicalLocation.region.startLine - 1]).toContain('"name": "step_2"');
    expect(logicalLocations[0].name).toBe('step_2');
  });

  test('JUnit, escaped', () => {
    const flow = flowOf(http({ headers: FORM }, { displayName: '<"&\x00\ud800>' }));
    const { status, stdout } = billonce(['lint', '--format', 'junit', '-', 'good.json', 'broken.json'], {
      input: JSON.stringify(flow),
    });
    expect(status).toBe(2);
    expect(stdout).toContain('<testsuites name="billonce lint" tests="3" failures="1" errors="1">');
    expect(stdout).toContain(
      'name="step_2 &lt;&quot;&amp; \uFFFD&gt;: missing-idempotency-key"><failure type="missing-idempotency-key"',
    );
    expect(stdout).toContain('<testcase classname="good.json" name="flow"/>');
    expect(stdout).toContain(
      '<error type="invalid_flow" message="flow breaks off or is damaged: download it again"/>',
    );
    expect(stdout).not.toContain('\x00');
    const opened = [...stdout.matchAll(/<(\w+)[^>]*[^/]>/g)].map(([, name]) => name);
    const closed = [...stdout.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);
    expect(opened.sort()).toEqual(closed.sort());
  });

  test.each(['text', 'json', 'sarif', 'junit'])('a file that cannot be read is said, as %s', (format) => {
    const { status, stdout } = billonce([
      'lint',
      '--format',
      format,
      'good.json',
      'missing.json',
      'broken.json',
      '.',
    ]);
    expect(status).toBe(2);
    expect(stdout).toContain('it is not there');
    expect(stdout).toContain('breaks off or is damaged');
    expect(stdout).toContain('it is a folder: give the exported JSON file');
  });

  test('a file of 50 MB is not even read', () => {
    writeFileSync(join(cwd, 'large.json'), Buffer.alloc(50_000_000, 32));
    const { status, stdout } = billonce(['lint', 'large.json']);
    expect([status, stdout]).toEqual([
      2,
      'large.json: could not be read\n  it is larger than 20 MB: export it without sample data\n',
    ]);
  });

  test.each([
    [['lint'], 'billonce lint: name the exported flow: billonce lint flow.json\n'],
    [
      ['lint', 'bad.json', '--format', 'xml'],
      'billonce lint: --format is one of text, json, sarif, junit.\n',
    ],
    [
      ['lint', 'bad.json', '--json', '--format', 'sarif'],
      'billonce lint: --json and --format exclude each other.\n',
    ],
    [
      ['lint', 'bad.json', '--fxi', 'x'],
      'billonce lint: --fxi is not known here. Did you mean --fix? Known are --format, --json, --proxy, --fix, --edge, --payload. billonce lint --help tells more.\n',
    ],
    [
      ['lint', 'bad.json', 'good.json', '--fix', 'x.json'],
      'billonce lint: --fix takes one flow at a time.\n',
    ],
    [
      ['lint', 'bad.json', '--fix', 'good.json'],
      'billonce lint: --fix names a file that is there already; give a new name.\n',
    ],
    [
      ['lint', 'bad.json', '--fix', 'no/such/folder.json'],
      'billonce lint: --fix names a file that cannot be written.\n',
    ],
  ])('%j is refused', (words, stderr) => {
    expect(billonce(words)).toEqual({ status: 2, stdout: '', stderr });
  });

  test('a proxy that is none is refused as the product refuses it', () => {
    const { status, stdout, stderr } = billonce(['lint', 'bad.json', '--proxy', 'http://proxy.example']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^base_url must be https/);
    expect(billonce(['lint', 'bad.json', '--proxy', 'https://proxy.example/stripe']).stdout).toContain(
      'direct-stripe-url',
    );
  });
});

describe('billonce lint --fix', () => {
  test('writes a flow that is clean', () => {
    const { status, stdout } = billonce(['lint', 'bad.json', '--fix', 'fixed.json']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/1 finding; 1 mended in the new file, none left\n · step_2: Stripe may forget /);
    expect(billonce(['lint', 'fixed.json']).status).toBe(0);
  });

  test('keeps what it cannot mend, and takes keys out', () => {
    const leaking = code('export const code = (inputs) => ({ token: inputs.token });', {
      token: "{{connections['x']}}",
    });
    writeFileSync(
      join(cwd, 'leaking.json'),
      JSON.stringify(flowOf(leaking, http({ authFields: { token: 'sk_live_51Habcdef' } }))),
    );
    const { status, stdout } = billonce(['lint', 'leaking.json', '--fix', 'less.json', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).files[0]).toMatchObject({
      mended: 1,
      findings: [{ fixable: false }, { fixable: true }],
    });
    expect(readFileSync(join(cwd, 'less.json'), 'utf8')).not.toContain('51Habcdef');
    expect(stdout).not.toContain('51Habcdef');
  });

  test('writes nothing where nothing can be mended', () => {
    writeFileSync(join(cwd, 'guess.json'), JSON.stringify(flowOf(http({ headers: FORM }))));
    const { status, stdout } = billonce(['lint', 'guess.json', '--fix', 'none.json']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/1 finding; none can be mended safely, so no file was written\n$/);
    expect(existsSync(join(cwd, 'none.json'))).toBe(false);
  });
});
