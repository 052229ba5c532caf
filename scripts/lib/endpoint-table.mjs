// Writes the table of endpoints that src/endpoint/table.rs reads; its form is told there.
import { AMOUNTS, FILLED, NEGATIVE, OBSCURING } from './endpoint-money.mjs';

/** Paths are found by binary search among the first rows of blocks, which begin with a whole path. */
const BLOCK = 8;
const OBSCURING_BIT = 0x8000;
const SOURCES = { none: 0, parameter: 1, optional: 2, priced: 3, list: 4, elsewhere: 5, notFilled: 6 };
const FLAGS = { negative: 8, holdsKey: 16, obscurable: 32, fillsCustomer: 64, fillsDescription: 128 };

/** What every endpoint takes, so that no row names it. */
const EVERYWHERE = 'expand';

/** The table's bytes, of `endpoints` as tests/vectors/stripe-post-endpoints.json lists them. */
export function endpointTable(endpoints) {
  const rows = endpoints.map(toRow).sort((a, b) => (a.path < b.path ? -1 : 1));
  refuseUnknownNames(new Map(rows.map((row) => [row.path, row])));
  const blocks = Math.ceil(rows.length / BLOCK);
  const start = 2 + 2 * (blocks + 1);
  const texts = new Texts(start + sum(rows, (row, at) => written(row, rows, at, () => 0).length));
  const bytes = [];
  const index = [];
  rows.forEach((row, at) => {
    if (at % BLOCK === 0) index.push(start + bytes.length);
    bytes.push(...written(row, rows, at, (text) => texts.offsetOf(text)));
  });
  index.push(start + bytes.length);
  return Uint8Array.from([...short(blocks), ...index.flatMap(short), ...bytes, ...texts.bytes]);
}

function toRow({ path, operation, params }) {
  if (!params.includes(`${EVERYWHERE}?`)) throw new Error(`${path} does not take ${EVERYWHERE}`);
  const required = params.filter((name) => !name.endsWith('?'));
  const optional = params.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1));
  return {
    path: path.replace(/^\/v1\//, ''),
    operation: operationName(operation),
    required,
    names: [...required, ...optional].filter((name) => name !== EVERYWHERE),
  };
}

function written({ path, operation, required, names }, rows, at, offsetOf) {
  const shared = at % BLOCK === 0 ? 0 : sharedStart(rows[at - 1].path, path);
  const { source, name } = amountOf(path);
  const obscuring = OBSCURING[path] ?? [];
  return [
    shared,
    ...text(path.slice(shared)),
    ...text(operation === derivedName(path) ? '' : operation),
    SOURCES[source] | flagsOf(path, operation, names),
    ...(source === 'none' ? [] : short(offsetOf(name))),
    required.length,
    names.length,
    ...names.flatMap((each) => short(offsetOf(each) | (obscuring.includes(each) ? OBSCURING_BIT : 0))),
  ];
}

function amountOf(path) {
  return AMOUNTS.find(({ paths }) => paths.includes(path)) ?? { source: 'none' };
}

function flagsOf(path, operation, names) {
  const flags = {
    negative: NEGATIVE.includes(path),
    // The object that the call makes; an update's would overwrite the key of the call that made the object.
    holdsKey: names.includes('metadata') && /\.create\w*$/.test(operation),
    obscurable: path in OBSCURING,
    fillsCustomer: FILLED.customer.includes(path),
    fillsDescription: FILLED.description.includes(path),
  };
  return sum(Object.keys(flags), (flag) => (flags[flag] ? FLAGS[flag] : 0));
}

/** A path or parameter that Stripe lacks would let money pass unpriced. */
function refuseUnknownNames(rows) {
  const paths = [
    ...AMOUNTS.flatMap((amount) => amount.paths),
    ...Object.keys(OBSCURING),
    ...NEGATIVE,
    ...Object.values(FILLED).flat(),
  ];
  const named = [
    ...AMOUNTS.filter(({ source }) => source !== 'elsewhere').flatMap(({ name, paths }) =>
      paths.map((path) => [path, name]),
    ),
    ...Object.entries(OBSCURING).flatMap(([path, names]) => names.map((name) => [path, name])),
    ...Object.entries(FILLED).flatMap(([name, paths]) => paths.map((path) => [path, name])),
  ];
  for (const path of paths) if (!rows.has(path)) throw new Error(`Stripe has no POST /v1/${path}`);
  for (const [path, name] of named) {
    if (!rows.get(path).names.includes(name)) throw new Error(`POST /v1/${path} has no ${name}`);
  }
  const sources = AMOUNTS.flatMap((amount) => amount.paths);
  if (new Set(sources).size < sources.length) throw new Error('a path has two places for its amount');
}

/** `Checkout/Sessions.create` → `checkout.sessions.create`, as stripe-node's accessors spell it. */
export const operationName = (operation) =>
  operation
    .split(/[/.]/)
    .map((part) => part[0].toLowerCase() + part.slice(1))
    .join('.');

/** The name that src/endpoint/mod.rs derives from a path: most follow it, and only the others stand in the table. */
function derivedName(path) {
  const segments = path.split('/');
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const resource = segments.filter((segment) => !segment.startsWith('{')).map(camel);
  if (!path.includes('{')) return [...resource, 'create'].join('.');
  return (segments.at(-1).startsWith('{') ? [...resource, 'update'] : resource).join('.');
}

/** The texts that rows refer to, each once. */
class Texts {
  bytes = [];
  offsets = new Map();

  constructor(start) {
    this.start = start;
  }

  offsetOf(name) {
    if (!this.offsets.has(name)) {
      const offset = this.start + this.bytes.length;
      if (offset >= OBSCURING_BIT) throw new Error('the table has outgrown 15-bit offsets');
      this.offsets.set(name, offset);
      this.bytes.push(...text(name));
    }
    return this.offsets.get(name);
  }
}

const sum = (items, size) => items.reduce((total, item, at) => total + size(item, at), 0);
const short = (number) => [number & 0xff, number >> 8];

function text(ascii) {
  if (ascii.length > 0xff || /[^\x20-\x7e]/.test(ascii)) throw new Error(`${ascii} does not fit the table`);
  return [ascii.length, ...[...ascii].map((character) => character.charCodeAt(0))];
}

function sharedStart(before, path) {
  let at = 0;
  while (at < before.length && before[at] === path[at]) at++;
  return at;
}
