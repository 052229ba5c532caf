// The comparison of approaches in `npm start`: every cell, what is said of those that are not as published, and the check.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { APPROACHES } from '../../scripts/demo/approaches/approaches.mjs';
import { measureApproach } from '../../scripts/demo/approaches/index.mjs';
import { surprisesAmong } from '../../scripts/demo/approaches/judge.mjs';
import {
  approachesAsJson,
  approachNotes,
  approachTable,
  MARKS,
} from '../../scripts/demo/approaches/report.mjs';
import { whyNoEdge } from '../../scripts/demo/approaches/stands.mjs';
import { palette } from '../../scripts/demo/terminal.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const COLUMNS = ['retry', 'duplicate_webhook', 'key_isolation', 'spend_cap', 'allowlist', 'audit'];
const [UNLIMITED, OVERRUN, HELD] = ['✗ $294, at once $294', '◐ $98, at once $294', '✓ $98, at once $98'];
const [TWICE, DEDUPED, ONE_IN_TURN] = [
  '✗ 2 charges, at once 2',
  '✓ 1 charge, at once 1',
  '◐ 1 charge, at once 2',
];
const [SHARED, APART] = ['✗ 1 key, for 2 runs', '✓ 2 keys, for 2 runs'];
const refused = (mark, count) => `${mark} ${count} of 4, refused`;
const [UNLOGGED, LOGGED] = ['✗ 0 of 3, calls', '✓ 3 of 3, calls'];
const retried = (mark, same, next) => `${mark} ${same}, next day ${next}`;

const [none, some, every] = [refused('✗', 0), refused('◐', 2), refused('✓', 4)];
const CELLS = {
  raw_key: [retried('✗', '2 charges', 2), TWICE, SHARED, UNLIMITED, none, UNLOGGED],
  restricted_key: [retried('✗', '2 charges', 2), TWICE, SHARED, UNLIMITED, some, UNLOGGED],
  key_only: [retried('◐', '1 charge', 2), DEDUPED, SHARED, UNLIMITED, none, UNLOGGED],
  proxy_only: [retried('◐', '1 charge', 2), ONE_IN_TURN, APART, OVERRUN, every, LOGGED],
  key_and_proxy: [retried('◐', '1 charge', 2), DEDUPED, APART, OVERRUN, every, LOGGED],
  billonce_edge: [retried('✓', '1 charge', 1), DEDUPED, APART, HELD, every, LOGGED],
};

/** The published table, row by row. */
const PUBLISHED = {
  raw_key: '✗✗✗✗✗✗',
  restricted_key: '✗✗✗✗◐✗',
  key_only: '✓✓✗✗✗✗',
  proxy_only: '◐◐✓✓✓✓',
  key_and_proxy: '✓✓✓✓✓✓',
};

const notRun = whyNoEdge();
const rowsOf = (comparison) =>
  structuredClone(comparison).approaches.map(({ id, title, not_run, cells }) => {
    const pairs =
      cells &&
      Object.entries(cells).map(([column, cell]) => [column, { ...cell, figure: cell.figure.split(', ') }]);
    return { id, title: [title, ''], not_run, cells: cells && Object.fromEntries(pairs) };
  });

describe('the comparison', () => {
  let comparison;
  let shown;
  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.mjs', '--json'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    ({ comparison } = JSON.parse(stdout));
    shown = (id) => comparison.approaches.find((approach) => approach.id === id);
  }, 600_000);

  test('has the six approaches by their ids', () => {
    expect(comparison.approaches.map(({ id }) => id)).toEqual(Object.keys(CELLS));
  });

  test.each(Object.entries(CELLS))('%s', (id, expected) => {
    const { not_run, cells } = shown(id);
    if (id === 'billonce_edge' && notRun) return expect([not_run, cells]).toEqual([notRun, null]);
    expect(not_run).toBeNull();
    expect(Object.keys(cells)).toEqual(COLUMNS);
    expect(Object.values(cells).map(({ state, figure }) => `${MARKS[state]} ${figure}`)).toEqual(expected);
  });

  test('knows the published table, and explains each cell that is not as there', () => {
    for (const [id, marks] of Object.entries(PUBLISHED)) {
      const { cells } = shown(id);
      expect(
        Object.values(cells)
          .map(({ published }) => MARKS[published])
          .join(''),
      ).toBe(marks);
      for (const [column, { state, published }] of Object.entries(cells)) {
        const about = comparison.notes.filter((note) =>
          note.cells.some((it) => it.approach === id && it.column === column),
        );
        if (state !== published) expect(about, `${id}, ${column}`).not.toEqual([]);
      }
    }
  });

  test('has the marks of the README', () => {
    const readme = readFileSync(`${root}/README.md`, 'utf8');
    const rows = [...readme.matchAll(/^\| [^|]+ \|((?: [✓◐✗] [^|]*\|){6})$/gmu)].map(([, cells]) =>
      [...cells.matchAll(/[✓◐✗]/gu)].join(''),
    );
    expect(rows).toEqual(Object.values(CELLS).map((cells) => cells.map((cell) => cell[0]).join('')));
  });

  test('a cell that was not expected is told, with what was', () => {
    const rows = rowsOf(comparison);
    expect(surprisesAmong(rows)).toEqual([]);
    rows[3].cells.spend_cap.figure = ['$98', 'at once $98'];
    rows[3].cells.spend_cap.state = 'yes';
    rows[0].cells.audit.state = 'yes';
    rows[2].cells.duplicate_webhook.measured.second_run = 'SUCCEEDED';
    expect(surprisesAmong(rows)).toEqual([
      'raw_key, audit: expected "no: 0 of 3, calls", measured "yes: 0 of 3, calls"',
      'proxy_only, spend_cap: expected "partial: $98, at once $294", measured "yes: $98, at once $98"',
      'raw_key, audit is not as published, and no sentence says why',
      'key_only, duplicate_webhook: what the table says about it was not seen',
    ]);
  });

  test('where the edge cannot run, its row says so and passes nothing', async () => {
    const why = whyNoEdge('/no/such/workerd');
    expect(why).toBe(`Cloudflare's runtime (workerd) does not run here: ${process.platform} ${process.arch}`);
    const row = await measureApproach(APPROACHES.at(-1), {}, () => why);
    const rows = [...rowsOf(comparison).slice(0, -1), row];
    expect(surprisesAmong(rows)).toEqual([]);
    expect(approachesAsJson(rows).approaches.at(-1)).toMatchObject({ not_run: why, cells: null });
    const plain = palette({ isTTY: false }, {});
    const drawn = approachTable(rows, plain).split('\n').slice(-3);
    expect(drawn[0].match(/NOT RUN/g)).toHaveLength(6);
    expect(drawn.join('')).not.toMatch(/[✓◐✗]/u);
    expect(approachNotes(rows, plain)).toContain(`billonce and its own edge: NOT RUN. Cloudflare's runtime`);
  });
});
