// Many events at once, sent more than once, through an edge that is killed again and again and a Stripe that fails: what is owed at
// the end is one charge for each, and a ledger that says what Stripe says.
import { expect } from 'vitest';
import { eventually, rig } from './rig.mjs';

const FAULTS = [
  'lost_answer',
  'dropped_before',
  'rate_limit_429',
  'gateway_502',
  'gateway_502_before',
  'lock_timeout_429',
];
const CALLERS = 24;

/** The same numbers for the same seed (mulberry32), so that a failure can be repeated. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function storm({ events, kills, keys = 3, seed }) {
  const roll = dice(seed);
  const day = new Date().getUTCDate();
  const edge = await rig({ policy: { daily_usd_cap: 10_000_000 } });
  const vaults = [edge.vault];
  while (vaults.length < keys) vaults.push(await edge.newVaultKey());
  const queue = Array.from({ length: events }, (_, at) => ({
    key: `event-${at}`,
    vault: vaults[at % keys],
    amount: 100 + Math.floor(roll() * 9900),
    copies: roll() < 0.3 ? 2 : 1,
  }));
  const work = queue.flatMap((event) => Array(event.copies).fill(event)).sort(() => roll() - 0.5);
  const ids = new Map(queue.map(({ key }) => [key, new Set()]));
  let done = 0;
  let cutOff = 0;

  /** As a careful client does: the same request with the same key, until there is an answer. */
  const charge = async ({ key, vault, amount }) => {
    const body = `amount=${amount}&currency=usd&customer=cus_${key}`;
    for (;;) {
      if (roll() < 0.05) edge.double.fail({ kind: FAULTS[Math.floor(roll() * FAULTS.length)] });
      const answer = await edge.charge(key, body, { token: vault.vault_key }).catch(() => null);
      if (answer?.status === 200) {
        ids.get(key).add(answer.body.id);
        done += 1;
        return;
      }
      if (answer) expect([409, 429, 502], answer.text).toContain(answer.status);
      else cutOff += 1;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  const caller = async () => {
    for (let event = work.pop(); event; event = work.pop()) await charge(event);
  };
  const total = work.length;
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  for (let kill = 1; kill <= kills; kill++) {
    // Spread over the whole, each at a moment of its own.
    const after = ((kill - 0.5 + (roll() - 0.5) * 0.8) / kills) * total;
    await eventually(() => done >= after || work.length === 0, 600_000);
    await new Promise((wake) => setTimeout(wake, roll() * 50));
    await edge.crash();
  }
  await callers;

  const charges = edge.double.charges();
  const byKey = new Map(queue.map(({ key }) => [key, []]));
  for (const made of charges) byKey.get(made.idempotency_key).push(made);
  for (const { key, amount } of queue) {
    expect(
      byKey.get(key).map((made) => made.amount),
      key,
    ).toEqual([amount]);
    expect([...ids.get(key)], key).toEqual([byKey.get(key)[0].id]);
  }
  for (const { id } of vaults) {
    // What is spent is told of the current day: over midnight, only that nothing is left open can be seen from here.
    const sameDay = new Date().getUTCDate() === day;
    const owed = queue.filter(({ vault }) => vault.id === id).reduce((sum, { amount }) => sum + amount, 0);
    const status = await eventually(async () => {
      const found = await edge.status(id);
      return found.reserved_usd_cents === 0 ? found : null;
    });
    expect(status).toMatchObject({ reserved_usd_cents: 0, held_usd_cents: 0 });
    if (sameDay) expect(status.spent_usd_cents).toBe(owed);
  }
  await edge.close();
  return { charges: charges.length, requests: total, cutOff };
}
