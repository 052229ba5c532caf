import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../lib/run.mjs';
import { median } from './rounds.mjs';

const ROUNDS = 31;

/** Milliseconds in a fresh process, measured inside it. */
function cold(source) {
  // The time is taken before process.stdout is named: that alone costs a millisecond.
  const measure = 'const spent = performance.now() - started;\nconsole.log(spent);';
  const script = `const started = performance.now();\n${source}\n${measure}`;
  return Number(execFileSync(process.execPath, ['--eval', script], { cwd: root, encoding: 'utf8' }));
}

/** The medians of several, which take turns: a machine that is slow for a while is slow for all of them. */
function inTurns(sources) {
  const rounds = Array.from({ length: ROUNDS }, () => sources.map(cold));
  return sources.map((_, at) => median(rounds.map((times) => times[at])));
}

/** Load and first key, in a process of its own each time: what every run of a Code step pays. */
export function coldStarts() {
  const event = "{ customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' }";
  const pkg = JSON.stringify(join(root, 'pkg/index.cjs'));
  const candidates = [
    ['require(stripe), no call', "require('stripe');"],
    ['node:crypto, first key', "require('node:crypto').createHash('sha256').update('x').digest('hex');"],
    ['billonce, import only', `require(${pkg});`],
    ['billonce, import and first key', `require(${pkg}).idempotencyKey(${event});`],
    [
      'billonce, import and first guard().charge()',
      `require(${pkg}).guard({ policy: { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 49 } }).charge(${event});`,
    ],
  ];
  const medians = inTurns(candidates.map(([, source]) => source));
  const times = candidates.map(([name], at) => [name, medians[at]]);
  const [[, stripe]] = times;
  return {
    title: 'Cold start',
    note: `Milliseconds in a fresh process, the median of ${ROUNDS}; the last column is the part of loading stripe-node that it takes.`,
    rows: [
      ['', 'ms', 'of stripe-node'],
      ...times.map(([name, time]) => [name, time.toFixed(2), `1/${(stripe / time).toFixed(1)}`]),
    ],
  };
}
