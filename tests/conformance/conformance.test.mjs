// One suite for every host. A launcher has a `name`, `run(suite)` that answers with the host's version and what
// `runCases` returned, and, where not every machine has the host, `available()`.
import { afterAll, describe, expect, it } from 'vitest';
import * as codeStep from './launchers/code-step.mjs';
import * as isolate from './launchers/isolate.mjs';
import * as nodeCjs from './launchers/node-cjs.mjs';
import * as nodeEsm from './launchers/node-esm.mjs';
import { suiteFiles } from './suite.mjs';

const launchers = [nodeEsm, nodeCjs, codeStep, isolate].map((launcher) => ({
  ...launcher,
  runs: launcher.available?.() ?? true,
}));

describe('conformance', () => {
  const suite = suiteFiles();
  const ran = [];

  for (const { name, run, runs } of launchers) {
    it.skipIf(!runs)(name, { timeout: 60_000 }, async () => {
      const result = await run(suite);
      ran.push({ name, ...result });
      expect(result.failures).toEqual([]);
    });
  }

  it('every host answers the same', () => {
    const answers = ran.map(({ name, passed, digest }) => ({ name, passed, digest }));
    const [{ passed, digest }] = answers;
    expect(answers).toEqual(
      launchers.filter(({ runs }) => runs).map(({ name }) => ({ name, passed, digest })),
    );
    // Far fewer would mean that vectors were not found.
    expect(passed).toBeGreaterThan(200);
  });

  afterAll(() => {
    const rows = launchers.map(({ name }) => {
      const { version = 'NOT RUN', passed = '-' } = ran.find((host) => host.name === name) ?? {};
      return `  ${name.padEnd(26)} ${version.padEnd(36)} ${passed}`;
    });
    console.log(['', `  ${'host'.padEnd(26)} ${'version'.padEnd(36)} passed`, ...rows, ''].join('\n'));
  });
});
