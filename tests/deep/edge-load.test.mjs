import { expect, it } from 'vitest';
import { rig } from '../edge/rig.mjs';

// A Durable Object has limits of its own (10,000 timers at once, for one): nothing of a call may be left when it has ended.
it('12,000 charges through one vault key, as fast as they go', async () => {
  const edge = await rig({ policy: { daily_usd_cap: 10_000_000 } });
  let next = 0;
  const caller = async () => {
    while (next < 12_000) {
      const { status, text } = await edge.charge(`load-${next++}`);
      expect(status, text).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: 32 }, caller));
  expect(edge.double.totals().count).toBe(12_000);
  expect((await edge.status()).reserved_usd_cents).toBe(0);
  await edge.close();
}, 600_000);
