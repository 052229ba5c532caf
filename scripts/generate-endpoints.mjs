// Writes src/endpoint/table.rs from tests/vectors/stripe-post-endpoints.json: `node scripts/generate-endpoints.mjs`.
// With --check it writes nothing and fails when the table is out of date.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const target = new URL('src/endpoint/table.rs', root);
const source = JSON.parse(readFileSync(new URL('tests/vectors/stripe-post-endpoints.json', root), 'utf8'));

/** `Checkout/Sessions.create` → `checkout.sessions.create`, as stripe-node's accessors spell it. */
const operationName = (operation) =>
  operation
    .split(/[/.]/)
    .map((part) => part[0].toLowerCase() + part.slice(1))
    .join('.');

const rows = source.endpoints
  .map(({ path, operation }) => [path.replace(/^\/v1\//, ''), operationName(operation)])
  .sort(([a], [b]) => (a < b ? -1 : 1));

const text = `//! Stripe's v1 POST endpoints, sorted by path. Made by scripts/generate-endpoints.mjs; do not edit.
//!
//! Source: ${source.source.split(';')[0]}.

/// Path below \`/v1/\`, and operation name.
#[rustfmt::skip]
pub(super) static TABLE: [(&str, &str); ${rows.length}] = [
${rows.map(([path, operation]) => `    ("${path}", "${operation}"),`).join('\n')}
];
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/endpoint/table.rs is out of date: run `node scripts/generate-endpoints.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
