// The paste file: what is in it, that its hash can be checked as it says, and that it does as a Code step what the
// package does.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { has, root } from '../../scripts/lib/run.mjs';
import { isolateNode, runInIsolate, runInNode, warnIsolateNotRun } from '../activepieces/hosts.mjs';
import { BUILDS, buildSteps } from '../activepieces/step.mjs';
import { suiteFiles } from '../conformance/suite.mjs';
import { packedFixture, writeFiles } from '../support/packed.mjs';

const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';
const INPUTS = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06', daily_usd_cap: 49 };
const NOW = Date.UTC(2026, 5, 1, 9);
const NAME = 'billonce.paste.ts';

let paste;
let installed;
beforeAll(() => {
  installed = join(packedFixture().folder, 'node_modules/billonce');
  paste = readFileSync(join(installed, NAME), 'utf8');
});

const scratch = (files) => {
  const at = mkdtempSync(join(packedFixture().scratch, 'paste-'));
  writeFiles(at, files);
  return at;
};

/** The program, for a step of the test's own in place of the example: what a user does. */
const withStep = (step) => paste.slice(0, paste.indexOf('export const code')) + step;

describe('the file', () => {
  it('says what it is, and which version', () => {
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(paste).toContain(`// billonce ${version} in one file`);
  });

  it('is ASCII, and holds nothing that a form, JSON or a flow takes for something else', () => {
    expect(paste).toMatch(/^[\n\x20-\x7e]+$/);
    expect(paste).not.toContain('{{');
    expect(paste).not.toMatch(/<\/?(script|!--)/i);
  });

  it('is self-contained: no import, no require, one export', () => {
    expect(paste).not.toMatch(/\bimport\b|\brequire\b/);
    expect(paste.match(/\bexport\b/g)).toEqual(['export']);
    expect(paste.split('export const code = async (inputs) => {')).toHaveLength(2);
  });

  it.each([
    ['as published', () => paste],
    ['with an edited end', () => withStep('export const code = async () => idempotencyKey({});\n')],
  ])('has the hash that it names, %s', (_, edition) => {
    const text = edition();
    const [, command, line] = text.match(/ run (sed -n (\d+)p billonce\.paste\.ts \| shasum -a 256)$/m);
    const [, named] = text.match(/^\/\/ ([0-9a-f]{64})$/m);
    const sum = createHash('sha256').update(`${text.split('\n')[line - 1]}\n`);
    expect(sum.digest('hex')).toBe(named);
    // The line that is hashed is all that runs but the step.
    const others = text.split('\n').filter((__, at) => at !== line - 1);
    const above = others.slice(
      0,
      others.findIndex((it) => it.startsWith('export')),
    );
    expect(above.every((it) => it.startsWith('//'))).toBe(true);
    // And so says the very command, where the machine has it.
    if (has('shasum') && has('sed')) {
      const cwd = scratch({ [NAME]: text });
      expect(execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8' })).toBe(`${named}  -\n`);
    }
  });

  it('passes tsc', () => {
    const cwd = scratch({ 'index.ts': paste });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const args = [tsc, '--noEmit', '--strict', 'false', '--target', 'es2022', 'index.ts'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('is much smaller than the package', () => {
    const { size } = statSync(join(installed, 'index.js'));
    console.log(`\n  ${NAME}: ${paste.length} bytes; index.js: ${size}\n`);
    expect(paste.length).toBeLessThan(size / 2);
  });
});

describe('as a Code step', () => {
  const HOSTS = {
    'child process': { host: runInNode, available: true },
    'V8 isolate': { host: runInIsolate, available: isolateNode() !== null },
  };
  if (!HOSTS['V8 isolate'].available) warnIsolateNotRun('the paste file in the V8 isolate');

  const SUITE = `
import { before } from './before.mjs';
import { runCases } from './cases.mjs';
import { vectors } from './vectors.mjs';
const billonce = {
  BillonceError, buildRequest, classifyResponse, encodeForm, findEarlier, guard, idempotencyKey, idempotencyKeys,
  minorUnits, precheck,
};
export const code = async () => runCases(billonce, vectors, before);
`;
  const PACKAGE = `
import { run } from './run.mjs';
export const code = async () => run();
`;

  let bundles;
  let ofPackage;
  beforeAll(async () => {
    const suite = suiteFiles();
    bundles = await buildSteps({
      unedited: paste,
      conformance: { ...suite, 'index.ts': withStep(SUITE) },
      package: { ...suite, 'index.ts': PACKAGE },
    });
    [ofPackage] = await outputs(runInNode, [{ bundle: bundles.package.minified, inputs: {} }]);
  });

  const outputs = async (host, runs) => {
    const { results } = await host(runs.map((run) => ({ shape: 'code', now: NOW, ...run })));
    return results.map(({ output, error }) => {
      expect(error).toBeUndefined();
      return JSON.parse(output);
    });
  };

  describe.each(Object.keys(HOSTS))('in a %s', (title) => {
    const { host, available } = HOSTS[title];

    it.skipIf(!available).each(Object.keys(BUILDS))('works unedited, by the %s build', async (build) => {
      const bundle = bundles.unedited[build];
      const amounts = [4900, '4900'].map((amount_cents) => ({ ...INPUTS, amount_cents }));
      const steps = await outputs(
        host,
        amounts.map((inputs) => ({ bundle, inputs })),
      );
      for (const { idempotency_key, request, decision } of steps) {
        expect(idempotency_key).toBe(KEY);
        expect(request.url).toBe('https://proxy.keybrake.com/stripe/v1/charges');
        expect(request.headers['Idempotency-Key']).toBe(KEY);
        expect(decision).toMatchObject({ allowed: true, cap_usd_cents: 4900 });
      }
    });

    it.skipIf(!available)('refuses what the package refuses', async () => {
      const inputs = { ...INPUTS, daily_usd_cap: '48.99' };
      const { results } = await host([
        { bundle: bundles.unedited.minified, inputs, shape: 'code', now: NOW },
      ]);
      expect(results[0].error).toMatchObject({ name: 'BillonceError', code: 'daily_usd_cap_exceeded' });
    });

    it.skipIf(!available)('passes the conformance suite, and answers as the package does', async () => {
      const [result] = await outputs(host, [{ bundle: bundles.conformance.minified, inputs: {} }]);
      expect(result.failures).toEqual([]);
      expect(result.passed).toBeGreaterThan(200);
      expect(result).toEqual(ofPackage);
    });
  });
});
