// Should the rules trap all the same, the caller gets an error of ours and the next call a new instance.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const KEY = '817d1eae9aa6c1d1f4d44b6a736bbeefacfaa0f3eb1eb2aaaf93acdb7ae67872';

/** `(module (func (export "trap") unreachable))`: the trap of a real panic. */
const { trap } = new WebAssembly.Instance(
  new WebAssembly.Module(
    new Uint8Array([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0,
      0, 10, 5, 1, 3, 0, 0, 0x0b,
    ]),
  ),
).exports;

test('a trap is an internal_error, and the one after it works', async () => {
  const { Instance } = WebAssembly;
  let armed = true;
  let instances = 0;
  WebAssembly.Instance = class {
    constructor(...given) {
      const { exports } = new Instance(...given);
      instances++;
      const trapping =
        (name) =>
        (...values) =>
          armed ? trap() : exports[name](...values);
      this.exports = {
        ...exports,
        keys_of_records: trapping('keys_of_records'),
        prepare: trapping('prepare'),
      };
    }
  };
  try {
    const { folder } = JSON.parse(process.env.BILLONCE_PACKED);
    const copy = pathToFileURL(join(folder, 'node_modules/billonce/index.js'));
    const { guard, idempotencyKey } = await import(/* @vite-ignore */ `${copy}?trap`);
    const failure = {
      name: 'BillonceError',
      code: 'internal_error',
      field: 'billonce',
      message: 'billonce failed on this input (RuntimeError), which is a defect of its own; please report it',
    };
    expect(() => idempotencyKey(event)).toThrow(expect.objectContaining(failure));
    expect(() => guard({}).charge(event)).toThrow(expect.objectContaining(failure));
    armed = false;
    expect(idempotencyKey(event)).toBe(KEY);
    expect(guard({}).charge(event).idempotency_key).toBe(KEY);
    // The keys, the rules, the rules anew, and the keys anew.
    expect(instances).toBe(4);
  } finally {
    WebAssembly.Instance = Instance;
  }
});
