import { expect, it } from 'vitest';
import { storm } from '../edge/storm.mjs';

it('10,000 events with duplicates, faults and 20 kills: one charge each, and the ledger says what Stripe says', async () => {
  const seed = Number(process.env.BILLONCE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`BILLONCE_SEED=${seed} repeats this run`);
  const { charges, requests, cutOff } = await storm({ events: 10_000, kills: 20, seed });
  console.log(`${requests} requests for ${charges} charges, ${cutOff} cut off by kills`);
  expect(charges).toBe(10_000);
  expect(cutOff).toBeGreaterThan(0);
}, 1_800_000);
