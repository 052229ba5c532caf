// Writes src/endpoint/table.bin from tests/vectors/stripe-post-endpoints.json and scripts/lib/endpoint-money.mjs:
// `node scripts/generate-endpoints.mjs`. With --check it writes nothing and fails when the table is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { endpointTable } from './lib/endpoint-table.mjs';

const root = new URL('../', import.meta.url);
const target = new URL('src/endpoint/table.bin', root);
const source = JSON.parse(readFileSync(new URL('tests/vectors/stripe-post-endpoints.json', root), 'utf8'));
const table = endpointTable(source.endpoints);

if (process.argv.includes('--check')) {
  if (!readFileSync(target).equals(table)) {
    console.error('src/endpoint/table.bin is out of date: run `node scripts/generate-endpoints.mjs`');
    process.exit(1);
  }
} else {
  writeFileSync(target, table);
}
