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

/** The name that src/endpoint/mod.rs derives from a path: most follow it, and only the others stand in the table. */
function derivedName(path) {
  const segments = path.split('/');
  const camel = (text) => text.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const resource = segments.filter((segment) => !segment.startsWith('{')).map(camel);
  if (!path.includes('{')) return [...resource, 'create'].join('.');
  return (segments.at(-1).startsWith('{') ? [...resource, 'update'] : resource).join('.');
}

const rows = source.endpoints
  .map(({ path, operation }) => ({ path: path.replace(/^\/v1\//, ''), operation: operationName(operation) }))
  .sort((a, b) => (a.path < b.path ? -1 : 1))
  .map(({ path, operation }) => (operation === derivedName(path) ? path : `${path} ${operation}`));

const text = `//! Stripe's v1 POST endpoints, sorted by path. Made by scripts/generate-endpoints.mjs; do not edit.
//!
//! Source: ${source.source.split(';')[0]}.

/// A line for each: the path below \`/v1/\`, and the operation's name where it does not follow from the path.
pub(super) static TABLE: &str = "\\
${rows.join('\n')}
";
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/endpoint/table.rs is out of date: run `node scripts/generate-endpoints.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
