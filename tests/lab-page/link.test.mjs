// The share link: what it carries comes back, what it must not carry is not in it, and a damaged one is refused.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fragmentOf, sharedBy } from '../../examples/flow-lab/src/state/link.ts';

const scenario = { faults: [], seed: 1, proxy: null, cap: null, flow: null };

test('a scenario is readable in it', async () => {
  const faults = [{ name: 'duplicate_delivery' }, { name: 'stripe_timeout', call: 2 }];
  expect(
    await fragmentOf({
      ...scenario,
      faults,
      seed: 7,
      proxy: 'spend_cap',
      cap: 49,
      flow: { kind: 'example' },
    }),
  ).toBe('faults=duplicate_delivery+stripe_timeout@2&seed=7&proxy=spend_cap&cap=49&flow=example');
});

test('what was put into it comes out of it', async () => {
  const shared = fc.record({
    faults: fc.array(
      fc.record(
        {
          name: fc.constantFrom('dashboard_retry', 'stripe_500', 'slack_down'),
          call: fc.integer({ min: 1, max: 99 }),
        },
        { requiredKeys: ['name'] },
      ),
      { maxLength: 6 },
    ),
    seed: fc.integer({ min: 0, max: 4_294_967_295 }),
    proxy: fc.constantFrom(null, 'spend_cap', 'billonce_edge'),
    cap: fc.option(fc.integer({ min: 0, max: 1_000_000_000 })),
    flow: fc.oneof(
      fc.constant(null),
      fc.constant({ kind: 'example' }),
      fc.record({
        kind: fc.constant('text'),
        text: fc.string({ unit: 'binary', maxLength: 2000 }).map((it) => it.toWellFormed()),
      }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(shared, async (given) => {
      const fragment = await fragmentOf(given);
      // All of it may stand in a URL's fragment as it is.
      expect(fragment).toMatch(/^[\w.@=&+-]*$/);
      expect(await sharedBy(`#${fragment}`)).toEqual(given);
    }),
  );
});

test('an address without a scenario is none', async () => {
  for (const fragment of ['', '#', '#main']) expect(await sharedBy(fragment)).toBeNull();
});

test.each([
  ['faults=<script>', 'The link’s faults are damaged: ask for it again.'],
  ['faults=stripe_500@x', 'The link’s call is no whole number from 0 to 100000.'],
  ['seed=1.5', 'The link’s seed is no whole number from 0 to 4294967295.'],
  ['seed=4294967296', 'The link’s seed is no whole number from 0 to 4294967295.'],
  ['seed=', 'The link’s seed is no whole number from 0 to 4294967295.'],
  ['cap=-1', 'The link’s cap is no whole number from 0 to 1000000000.'],
  ['proxy=evil', 'The link names a proxy that this page does not know.'],
  ['flow=x.abc', 'The link’s flow is of a kind that this page does not know.'],
  ['flow=z.!!!', 'The link’s flow breaks off or is damaged: ask for it again.'],
  ['flow=z.abcd', 'The link’s flow breaks off or is damaged: ask for it again.'],
])('%s is refused', async (fragment, message) => {
  await expect(sharedBy(`#${fragment}`)).rejects.toThrow(new Error(message));
});

test('a small link that unpacks to much is given up on the way', async () => {
  const fragment = await fragmentOf({ ...scenario, flow: { kind: 'text', text: ' '.repeat(30_000_000) } });
  expect(fragment.length).toBeLessThan(60_000);
  await expect(sharedBy(fragment)).rejects.toThrow('The link’s flow is larger than 20 MB.');
});
