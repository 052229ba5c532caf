// The vault key is in the Authorization header that fetch receives, and nowhere else: in no step, no error, no log, and in no
// byte of the wasm memory.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { consumer } from '../support/packed.mjs';

const CHILD = 'vault-key.child.mjs';

let answer;
let entries;
beforeAll(async () => {
  const cwd = consumer({ [CHILD]: readFileSync(new URL(CHILD, import.meta.url), 'utf8') });
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD], { cwd, maxBuffer: 1 << 26 });
  answer = JSON.parse(stdout);
  entries = new Map(answer.report.map((entry) => [entry.name, entry]));
}, 60_000);

/** The part of each entry that matters to a test, by the entry's name. */
const each = (pick) => Object.fromEntries(answer.report.map((entry) => [entry.name, pick(entry)]));

describe('the vault key', () => {
  it('stays in no wasm memory', () => {
    expect(each(({ memory }) => memory)).toEqual(each(() => []));
    expect(answer.report.length).toBeGreaterThan(50);
  });

  it('is shown by no guard, step, request or error', () => {
    expect(each(({ shown }) => shown)).toEqual(each(() => false));
  });

  it('is refused for what it is, and only then', () => {
    expect(each(({ code }) => code)).toEqual(each(({ expected }) => expected));
  });

  it.each([
    ['buildRequest', { authorized: true, fetchable: true }],
    ['guard.send', { authorized: true, calls: 1, outcome: 'succeeded' }],
    ['guard.send, where fetch throws its headers', { calls: 2, outcome: 'network_error' }],
    ['guard.send, where the answer repeats its headers', { outcome: 'unreadable' }],
    ['two guards', { authorized: true, calls: 3 }],
    ['a raw key that is meant', { authorized: true, calls: 1 }],
    ['findEarlier', { authorized: true, calls: 4 }],
    ['guard.findEarlier, where fetch throws its headers', { outcome: 'unknown' }],
    ['governed', { authorized: true, calls: 2 }],
    ['governed, where fetch throws its headers', { outcome: 'no answer arrived' }],
    ['governed: a raw key', { outcome: ['raw_key_refused', 0] }],
    ['governed: a letter that is not ASCII', { outcome: ['invalid_vault_key', 0] }],
    ['governed: in the body', { outcome: ['secret_in_output', 0] }],
  ])('goes where it belongs: %s', (name, expected) => {
    expect(entries.get(name)).toMatchObject(expected);
  });

  it('is in no request that was built without one', () => {
    const names = ['Content-Type', 'Idempotency-Key'];
    expect(answer.headers).toEqual({ buildRequest: names, charge: names });
  });
});

describe('the search', () => {
  it('finds what is there', () => {
    expect(answer.found).toEqual({ utf8: ['utf8'], utf16le: ['utf16le'], text: ['utf8'] });
    expect(answer.size).toBeGreaterThan(100_000);
    expect(answer.instances).toBe(3);
  });
});
