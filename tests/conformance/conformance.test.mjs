// One suite for every host. A launcher has a `name`; `run(suite)`, which answers with the host's version and what
// `runCases` returned; and, where not every machine has the host, `missing()`: why it cannot be run, or null.
import { afterAll, describe, expect, it } from 'vitest';
import * as bun from './launchers/bun.mjs';
import * as chromium from './launchers/chromium.mjs';
import * as codeStep from './launchers/code-step.mjs';
import * as deno from './launchers/deno.mjs';
import * as firefox from './launchers/firefox.mjs';
import * as node from './launchers/node.mjs';
import * as workerd from './launchers/workerd.mjs';
import { suiteFiles } from './suite.mjs';

const hosts = [node, deno, bun, codeStep, workerd, chromium, firefox];
const launchers = hosts
  .flatMap(({ launchers }) => launchers)
  .map((launcher) => ({ ...launcher, missing: launcher.missing?.() ?? null }));

describe('conformance', () => {
  const suite = suiteFiles();
  const ran = [];

  for (const { name, run, missing } of launchers) {
    it.skipIf(missing)(name, { timeout: 60_000 }, async () => {
      const result = await run(suite);
      ran.push({ name, ...result });
      expect(result.failures).toEqual([]);
    });
  }

  it('every host answers the same', () => {
    const answers = ran.map(({ name, passed, digest }) => ({ name, passed, digest }));
    const [{ passed, digest }] = answers;
    expect(answers).toEqual(
      launchers.filter(({ missing }) => !missing).map(({ name }) => ({ name, passed, digest })),
    );
    // Far fewer would mean that vectors were not found.
    expect(passed).toBeGreaterThan(200);
  });

  it.skipIf(chromium.missing)('a CSP that forbids WebAssembly is named in the error', async () => {
    const { shown } = await chromium.shownBy(suite, 'refused');
    expect(shown).toHaveLength(2);
    for (const refusal of shown) {
      expect(refusal).toMatchObject({ ours: true, code: 'host_unsupported', field: 'host' });
      expect(refusal.message).toContain("'wasm-unsafe-eval'");
    }
  });

  afterAll(() => {
    const row = (name, version, passed) => `  ${name.padEnd(34)} ${version.padEnd(36)} ${passed}`;
    const rows = launchers.map(({ name, missing }) => {
      const result = ran.find((host) => host.name === name);
      const failed = result?.failures.length ? `, ${result.failures.length} failed` : '';
      if (result) return row(name, result.version, `${result.passed}${failed}`);
      return row(name, missing ? 'NOT RUN' : 'failed to run', missing ?? '');
    });
    const absent = launchers.filter(({ missing }) => missing).length;
    const note = absent ? [`\n  NOT RUN on this machine: ${absent} of ${launchers.length} hosts`] : [];
    console.log(['', row('host', 'version', 'cases passed'), ...rows, ...note, ''].join('\n'));
  });
});
