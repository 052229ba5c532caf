// `npx billonce test`, from the packed tarball as npm links it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { searchFlow, testFlow } from 'billonce/lab';
import { beforeAll, describe, expect, test } from 'vitest';
import { consumer, packedFixture } from '../support/packed.mjs';
import { continuing, INVOICE, keyed, looped, RENEWAL, UNGUARDED } from './fault-flows.mjs';
import { GUARDED } from './flows.mjs';

let cwd;
beforeAll(() => {
  cwd = consumer({
    'bad.json': UNGUARDED,
    'good.json': GUARDED,
    'loop.json': JSON.stringify(looped()),
    'keyed.json': JSON.stringify(keyed("{{trigger['output']['body']['event_id']}}")),
    'keyless.json': JSON.stringify(keyed("{{trigger['output']['body']['absent']}}")),
    'continuing.json': JSON.stringify(continuing),
    'event.json': JSON.stringify(RENEWAL),
    'invoice.json': JSON.stringify(INVOICE),
    'two.json': JSON.stringify([RENEWAL, { ...RENEWAL, event_id: 'evt_2' }]),
    'broken.json': '{"flows":',
  });
});

function billonce(...words) {
  const command = join(packedFixture().folder, 'node_modules/.bin/billonce');
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync(command, ['test', ...words], { cwd, shell, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a table of what each fault does, why, and what prevents it', async () => {
  const { status, stdout, stderr } = billonce('bad.json', '--payload', 'event.json');
  expect([status, stderr]).toEqual([1, '']);
  const rows = stdout.split('\n').filter((line) => /^│ +\d+ │/.test(line));
  const { reports } = await testFlow(UNGUARDED, { payload: RENEWAL });
  expect(rows).toHaveLength(reports.length);
  expect(stdout).toContain(
    '│  1 │ dashboard_retry          │ 1  $49.00 │  2     $98.00 │ ✗ charged twice │\n',
  );
  expect(stdout).toContain(
    '│  7 │ hourly_schedule          │ 1  $49.00 │ 24  $1,176.00 │ ✗ charged twice │\n',
  );
  expect(stdout).toContain(
    '\n    The call has no Idempotency-Key, so Stripe takes each for a new one.\n  → Give the call',
  );
  expect(stdout).toContain(
    '\nlint: one finding\n  step_2: missing-idempotency-key\n→ billonce lint says what to do; with --fix it mends what can be mended.\n',
  );
  expect(stdout).toContain('\n· Cannot happen to this flow: step_retry, list_reordered, stripe_409.\n');
  expect(stdout).toMatch(/\n13 of 17 faults charge wrongly\.\n$/);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test.each([
  [['keyed.json', '--payload', 'event.json', '--fault', 'dashboard_retry'], 0],
  [['keyed.json', '--payload', 'event.json', '--fault', 'retry_after_25_hours'], 1],
  [['keyed.json', '--payloads', 'two.json', '--fault', 'duplicate_delivery', '--fault', 'stripe_429'], 0],
  [['continuing.json', '--payload', 'event.json', '--fault', 'stripe_429@1'], 1],
  [['loop.json', '--payload', 'invoice.json', '--fault', 'stripe_500_before@2'], 1],
  [['good.json', '--payload', 'event.json'], 1],
])('%j ends with %i', (words, status) => {
  expect(billonce(...words).status).toBe(status);
});

test('what is wrong without any fault is said', () => {
  const { status, stdout } = billonce('keyless.json', '--payload', 'event.json');
  expect(status).toBe(1);
  const said = stdout.slice(stdout.indexOf('Without any fault already')).replaceAll('\n', ' ');
  expect(said).toMatch(
    /^Without any fault already: No charge of 1 owed; .* run 1 fails at step_2: api\.stripe\.com answered 400.* None of \d+ faults charges wrongly\. $/,
  );
});

test('faults that are named are one story, with its timeline', () => {
  const { stdout } = billonce('bad.json', '--payload', 'event.json', '--fault', 'worker_died', '--seed', '3');
  const lines = stdout.trimEnd().split('\n');
  expect(lines[2]).toMatch(
    /^✗ charged twice: 2 charges, \$98\.00 where one is owed \(\$49\.00\) at step_2: the call/,
  );
  expect(stdout).toMatch(/\n {2}00:00:00\.0 {2}run 1 {15}The trigger fires\n/);
  expect(stdout).toMatch(/\n {2}00:0\d:\d\d\.\d {2}run 1 {3}step_2 {6}charged \$49\.00: ch_/);
  expect(lines.at(-1)).toBe('Something is wrong.');
});

describe('--search', () => {
  const words = ['keyed.json', '--payload', 'event.json', '--search', '400', '--seed', '1', '--depth', '2'];

  test('counts, and names the smallest with the command that repeats it', async () => {
    const { status, stdout } = billonce(...words);
    const flow = keyed("{{trigger['output']['body']['event_id']}}");
    const { found, verdicts } = await searchFlow(flow, { payload: RENEWAL, search: 400, seed: 1, depth: 2 });
    expect(status).toBe(1);
    expect(stdout).toContain(
      `400 scenarios of up to 2 faults, seed 1: billed once ${verdicts.billed_once}, charged`,
    );
    const combined = found.filter(({ report }) => report.scenario.faults.length > 1);
    const commands = stdout.split('\n').filter((line) => line.startsWith('     npx billonce test '));
    expect(commands).toHaveLength(Math.min(combined.length, 10));
    expect(combined.length).toBeGreaterThan(0);
    for (const command of commands) {
      const again = command.trim().split(' ').slice(3);
      expect(billonce(...again).stdout).toMatch(/\n✗ charged twice: /);
    }
  });

  test('for programs is what searchFlow gives', async () => {
    const { stdout } = billonce(...words, '--json');
    const { file, search, test: tested } = JSON.parse(stdout);
    const flow = keyed("{{trigger['output']['body']['event_id']}}");
    expect(file).toBe('keyed.json');
    expect(search).toEqual(await searchFlow(flow, { payload: RENEWAL, search: 400, seed: 1, depth: 2 }));
    expect(tested.reports.length).toBeGreaterThan(10);
  });
});

test('JUnit has a case for each fault, failed where somebody pays wrongly', () => {
  const { stdout, status } = billonce('bad.json', '--payload', 'event.json', '--format', 'junit');
  expect(status).toBe(1);
  expect(stdout).toContain('<testsuites name="billonce test" tests="18" failures="13" errors="0">');
  expect(stdout.match(/<testcase /g)).toHaveLength(18);
  expect(stdout).toContain('<testcase classname="bad.json" name="stripe_500_before@1"/>');
  expect(stdout).toMatch(/name="worker_died@1"><failure type="charged_twice" message="2 charges, /);
});

test('SARIF has a result at each step that is charged wrongly', () => {
  const { stdout } = billonce('bad.json', '--payload', 'event.json', '--format', 'sarif');
  const [{ results, tool }] = JSON.parse(stdout).runs;
  expect(tool.driver.rules).toEqual([
    { id: 'charged_twice', shortDescription: { text: 'Something owed once is charged more than once' } },
  ]);
  expect(results).toHaveLength(13);
  const line = UNGUARDED.split('\n').findIndex((text) => text.includes('"name": "step_2"')) + 1;
  expect(new Set(results.map(({ locations: [it] }) => it.physicalLocation.region.startLine))).toEqual(
    new Set([line]),
  );
});

test.each([
  [[], 'billonce test: name the exported flow: billonce test flow.json'],
  [['bad.json', 'good.json'], 'billonce test: takes one flow at a time.'],
  [['none.json'], 'billonce test: none.json: it is not there'],
  [['broken.json'], 'flow breaks off or is damaged: download it again'],
  [['bad.json', '--payload', 'broken.json'], 'billonce test: --payload broken.json: it is not JSON'],
  [
    ['bad.json', '--payload', 'event.json', '--payloads', 'two.json'],
    'billonce test: --payload and --payloads exclude each other.',
  ],
  [['bad.json', '--payloads', 'event.json'], 'payloads must be a list of 1 to 100 events'],
  [['bad.json', '--seed', 'x'], 'billonce test: --seed is a whole number from 0 to 4294967295.'],
  [['bad.json', '--depth', '7'], 'billonce test: --depth is a whole number from 1 to 6.'],
  [['bad.json', '--search', '0'], 'billonce test: --search is a whole number from 1 to 10000000.'],
  [['bad.json', '--format', 'yaml'], 'billonce test: --format is one of text, json, sarif, junit.'],
  [['bad.json', '--json', '--format', 'junit'], 'billonce test: --json and --format exclude each other.'],
  [['bad.json', '--proxy', 'other'], 'billonce test: --proxy is spend_cap or billonce_edge.'],
  [
    ['bad.json', '--fault', 'stripe_500@9'],
    'billonce test: --fault stripe_500@9 names a call that is not there: an undisturbed run makes one call to Stripe',
  ],
  [
    ['bad.json', '--fault', 'slack_down', '--fault', 'dashbaord_retry'],
    'billonce test: --fault dashbaord_retry is no fault. Did you mean dashboard_retry? Known are dashboard_retry,',
  ],
  [
    ['bad.json', '--fault', 'slack'],
    'billonce test: --fault slack is no fault. Did you mean slack_down? Known',
  ],
  [
    ['bad.json', '--fault', 'dashboard_retry', '--seed', '4294967296'],
    'billonce test: --seed is a whole number from 0 to 4294967295.',
  ],
])('%j is refused', (words, message) => {
  const { status, stdout, stderr } = billonce(...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('six approaches side by side, in 100 columns and as data', () => {
  const { status, stdout } = billonce('bad.json', '--payload', 'event.json', '--compare');
  const lines = stdout.split('\n');
  expect([status, Math.max(...lines.map(({ length }) => length)) <= 100]).toEqual([1, true]);
  const row = (title) =>
    lines
      .find((line) => line.startsWith(`│ ${title}`))
      ?.match(/[✓◐✗]/g)
      ?.join('');
  expect([row('raw sk_live_ key'), row('billonce and its')]).toEqual(['✗✗✗✗✗✗', '✓✓✓✓✓✓']);
  const json = JSON.parse(billonce('bad.json', '--payload', 'event.json', '--compare', '--json').stdout);
  expect(json.comparison.approaches.map(({ id }) => id)).toEqual([
    'raw_key',
    'restricted_key',
    'key_only',
    'proxy_only',
    'key_and_proxy',
    'billonce_edge',
  ]);
});
