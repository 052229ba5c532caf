// docs/what-to-do-with-each-outcome.md: its table has every kind, with all that is said of it and nothing else.
import { readFileSync } from 'node:fs';
import { classifyResponse } from 'billonce';
import { expect, test } from 'vitest';
import { CHARGE, PAYMENT_INTENT, REFUSALS } from '../support/answers/bodies.mjs';
import { mutate } from '../support/answers/mutate.mjs';
import { randomOf, seedOfThisRun } from '../support/random.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** `kind charged retry` of each row; a row without a kind is about the one above. */
const rows = () => {
  let kind;
  return read('docs/what-to-do-with-each-outcome.md')
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('| |'))
    .slice(1)
    .map((line) => {
      const [own, , charged, retry] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim().replaceAll('`', ''));
      kind = own || kind;
      return `${kind} ${charged} ${retry}`;
    });
};

const said = ({ kind, charged, retry }) => `${kind} ${charged} ${retry}`;

test('has every kind of the types', () => {
  const [, union] = /type OutcomeKind =\n([\s\S]*?);/.exec(read('js/types.ts'));
  const kinds = [...union.matchAll(/'(\w+)'/g)].map(([, kind]) => kind);
  expect([...new Set(rows().map((row) => row.split(' ')[0]))]).toEqual(kinds);
});

test('says what classifyResponse says, and all of it', () => {
  const random = randomOf(seedOfThisRun);
  const objects = ['subscription', 'customer', 'quote', 'payout', 'invoice'].map((object) => [
    200,
    { id: 'x', object },
  ]);
  const more = [
    [409, { error: 'outcome_unknown' }],
    [409, { error: 'answer_not_kept' }],
    [403, { error: 'max_charge_usd_exceeded' }],
    [409, { error: { code: 'terminal_reader_busy' } }],
    [429, { error: { code: 'rate_limit' } }],
    [403, { error: {} }],
    [404, '<html>'],
    [200, { ...PAYMENT_INTENT, status: 'requires_action', amount_received: 0 }],
    [200, { ...PAYMENT_INTENT, status: 'canceled', amount_received: 0 }],
    [200, { ...PAYMENT_INTENT, status: 'processing' }],
    [0, null],
  ];
  const answers = [[200, CHARGE], [200, PAYMENT_INTENT], ...objects, ...REFUSALS, ...more];
  const listed = new Set(rows());
  const seen = new Set();
  for (let at = 0; at < 20_000; at++) {
    const [status, body] = random.pick(answers);
    const headers = random.pick([{}, { 'Idempotent-Replayed': 'true' }]);
    const outcome = classifyResponse({ status, headers, body: mutate(body, random.below(2), random) });
    // Evidence turns a `no` into this; the page says so below the table.
    const doubted = outcome.charged === 'unknown' && outcome.retry === 'review';
    if (doubted && !listed.has(said(outcome)) && rows().some((row) => row.startsWith(`${outcome.kind} no `)))
      continue;
    seen.add(said(outcome));
  }
  expect([...seen].sort()).toEqual([...listed].sort());
});
