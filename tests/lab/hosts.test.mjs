// The lab in a page's bundle, by require, and in a strict TypeScript project.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, test } from 'vitest';
import { root } from '../../scripts/lib/run.mjs';
import { launchChromium, missingChromium } from '../support/chromium.mjs';
import { consumer } from '../support/packed.mjs';
import { servePages } from '../support/pages.mjs';
import { UNGUARDED } from './flows.mjs';

const USE = `
const findings = lint(flow);
const again = lint(findings[0].fixed);
const refusal = (() => { try { readFlow('{'); } catch (error) { return [error instanceof BillonceError, error.code]; } })();
const answer = JSON.stringify([findings.map(({ rule }) => rule), again, refusal]);`;
const ANSWER = '[["missing-idempotency-key"],[],[true,"invalid_flow"]]';

const noBrowser = await missingChromium();

test.skipIf(noBrowser)("a page's bundle", async () => {
  const source = `import { BillonceError } from 'billonce'; import { lint, readFlow } from 'billonce/lab';
    globalThis.check = (flow) => { ${USE} return answer; };`;
  const at = consumer({ 'page.mjs': source });
  const options = {
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    logLevel: 'error',
    write: false,
  };
  const made = await build({ ...options, absWorkingDir: at, entryPoints: ['page.mjs'] });
  const { origin, close } = await servePages({
    'page.html': '<script src="page.js"></script>',
    'page.js': made.outputFiles[0].text,
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/page.html`);
    expect(await page.evaluate((flow) => globalThis.check(flow), UNGUARDED)).toBe(ANSWER);
  } finally {
    await browser.close();
    close();
  }
});

test('by require, beside the main entry of that format', () => {
  const program = `const { BillonceError } = require('billonce'); const { lint, readFlow } = require('billonce/lab');
    const flow = ${JSON.stringify(UNGUARDED)}; ${USE} console.log(answer);`;
  const cwd = consumer({ 'program.cjs': program });
  expect(execFileSync(process.execPath, ['program.cjs'], { cwd, encoding: 'utf8' })).toBe(`${ANSWER}\n`);
});

describe('types', () => {
  const PROGRAM = `
import { fixFlow, lint, readFlow, type Branch, type CodeStep, type Finding, type Flow, type FixedFlow, type FlowStep, type LintOptions, type LintRule,
  type LoopStep, type PieceStep, type RouterStep, type TriggerStep } from 'billonce/lab';
const flow: Flow = readFlow('{}');
const trigger: TriggerStep = flow.trigger;
const names = (step: FlowStep): string[] => {
  if (step.type === 'loop') { const loop: LoopStep = step; return loop.steps.flatMap(names); }
  if (step.type === 'router') { const router: RouterStep = step; return router.branches.flatMap(({ steps }: Branch) => steps.flatMap(names)); }
  if (step.type === 'code') { const code: CodeStep = step; return [code.code]; }
  const piece: PieceStep = step;
  return [piece.piece];
};
const options: LintOptions = { proxy: 'https://x.test' };
const findings: Finding[] = lint(new Uint8Array(), options);
const fixed: FixedFlow = fixFlow('{}', options);
const rule: LintRule | undefined = findings[0]?.rule;
// @ts-expect-error: no such rule
if (rule === 'no-rule') console.log(trigger, names, fixed.findings);
// @ts-expect-error: no such option
lint('{}', { fix: true });
// @ts-expect-error: only what is documented is exported
import { planFix } from 'billonce/lab';
export { planFix };
`;
  it.each([
    ['program.mts', 'node16', 'node16'],
    ['program.cts', 'node16', 'node16'],
    ['program.ts', 'esnext', 'bundler'],
  ])('%s', (file, module, resolution) => {
    const cwd = consumer({ [file]: PROGRAM });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
    const host = ['--target', 'es2022', '--lib', 'es2022,dom', '--types', ''];
    const args = [tsc, ...strict, ...host, '--module', module, '--moduleResolution', resolution, file];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
