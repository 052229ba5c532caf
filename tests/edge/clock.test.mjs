// The edge in workerd across midnights and beyond 24 hours, by a clock that is led from outside (clocked.js).
import { classifyResponse } from 'billonce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, rig } from './rig.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Some midnight to come; minutes before and after it are far more than a test takes. */
const MIDNIGHT = (Math.floor(Date.now() / DAY) + 30) * DAY;

describe('the edge and the time', () => {
  let it_;
  let token;
  let id;
  let days = 0;
  /** A midnight that no other test has seen, with a vault key of its own under a cap of one charge. */
  const midnight = async () => {
    const at = MIDNIGHT + 200 * DAY * days++;
    await clock(at - 10 * MINUTE);
    ({ vault_key: token, id } = await it_.newVaultKey({ daily_usd_cap: 10 }));
    return at;
  };
  const clock = (at) => it_.request('GET', `/clock?at=${at}`);
  const charge = (key) => it_.charge(key, undefined, { token });
  const figures = async () => {
    const { spent_usd_cents, reserved_usd_cents, held_usd_cents, resets_at } = await it_.status(id);
    return { spent_usd_cents, reserved_usd_cents, held_usd_cents, resets_at: Date.parse(resets_at) };
  };
  const day = (spent, reserved, held, resets_at) => ({
    spent_usd_cents: spent,
    reserved_usd_cents: reserved,
    held_usd_cents: held,
    resets_at,
  });
  const madeWith = (key) => it_.double.charges().filter((made) => made.idempotency_key === key).length;
  const askedWith = (key) => it_.double.requests().filter((asked) => asked.idempotency_key === key).length;
  const losing = (kind, key) =>
    it_.double.fail({ kind, times: 1000, when: ({ idempotency_key }) => idempotency_key === key });

  beforeAll(async () => {
    it_ = await rig({ before: new URL('clocked.js', import.meta.url) });
  });
  afterAll(() => it_.close());

  it('a call across midnight counts once, on the day of its arrival', async () => {
    const at = await midnight();
    let go;
    const until = new Promise((resolve) => {
      go = resolve;
    });
    const { reached } = it_.double.fail({ kind: 'hang_until', until });
    const across = charge('across');
    await reached;
    expect(await figures()).toEqual(day(0, 1000, 0, at));
    expect((await charge('too-much')).status).toBe(429);

    await clock(at + 10 * MINUTE);
    expect(await figures()).toEqual(day(0, 0, 0, at + DAY));
    // The new day has its whole cap, though yesterday's money is still reserved.
    expect((await charge('next-day')).status).toBe(200);
    go();
    const answer = await across;
    expect(answer.status).toBe(200);
    expect(await figures()).toEqual(day(1000, 0, 0, at + DAY));

    const again = await charge('across');
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([answer.text, 'true']);
    expect((await charge('too-much')).status).toBe(429);
    expect(await figures()).toEqual(day(1000, 0, 0, at + DAY));
    await clock(at - 5 * MINUTE);
    expect(await figures()).toEqual(day(1000, 0, 0, at));
    expect(madeWith('across')).toBe(1);
  });

  it('a crash across midnight: what was in flight is settled on its own day', async () => {
    const at = await midnight();
    let go;
    const until = new Promise((resolve) => {
      go = resolve;
    });
    const { reached } = it_.double.fail({ kind: 'hang_until', until });
    const cut = charge('cut').catch(() => 'cut off');
    await reached;
    await it_.crash();
    expect(await cut).toBe('cut off');
    go();
    await clock(at + 10 * MINUTE);
    const settled = async () => {
      await clock(at - 5 * MINUTE);
      const yesterday = await figures();
      await clock(at + 10 * MINUTE);
      return yesterday.spent_usd_cents === 1000 && yesterday.reserved_usd_cents === 0;
    };
    expect(await eventually(settled)).toBe(true);
    expect(await figures()).toEqual(day(0, 0, 0, at + DAY));
    expect(madeWith('cut')).toBe(1);
  });

  it('a key of unknown outcome is asked for again while Stripe knows it, and counts on its own day', async () => {
    const at = await midnight();
    const lost = losing('lost_answer', 'hours');
    expect((await charge('hours')).status).toBe(502);
    expect(await figures()).toEqual(day(0, 1000, 1000, at));
    await clock(at + 23 * HOUR);
    expect(await figures()).toEqual(day(0, 0, 0, at + DAY));
    lost.cancel();
    const answer = await charge('hours');
    expect(answer.status).toBe(200);
    expect(madeWith('hours')).toBe(1);
    expect(await figures()).toEqual(day(0, 0, 0, at + DAY));
    await clock(at - MINUTE);
    expect(await figures()).toEqual(day(1000, 0, 0, at));
  });

  it.each([
    ['that Stripe executed', 'lost_answer', 1],
    ['that never reached Stripe', 'dropped_before', 0],
  ])('a key of unknown outcome older than 24 hours is never sent again: one %s', async (_, kind, charges) => {
    const at = await midnight();
    const key = `days-${kind}`;
    const lost = losing(kind, key);
    expect((await charge(key)).status).toBe(502);
    // Stripe has forgotten it by then, and would charge anew.
    it_.double.clock.advance(25 * HOUR);
    await clock(at + DAY);
    const asked = askedWith(key);
    for (const restart of [false, true]) {
      if (restart) {
        await it_.crash();
        await clock(at + 3 * DAY);
      }
      const { status, headers, body } = await charge(key);
      expect([status, body.error]).toEqual([409, 'outcome_unknown']);
      const outcome = classifyResponse({ status, headers, body });
      expect(outcome).toMatchObject({ kind: 'in_flight', charged: 'unknown', retry: 'review' });
    }
    expect(askedWith(key)).toBe(asked);
    expect(madeWith(key)).toBe(charges);
    // It stays counted on its day, and takes nothing of any other.
    expect(await figures()).toEqual(day(0, 0, 0, at + 4 * DAY));
    await clock(at - MINUTE);
    expect(await figures()).toEqual(day(0, 1000, 1000, at));
    lost.cancel();
  });

  it('an answer is kept long after Stripe has forgotten the key', async () => {
    const at = await midnight();
    const first = await charge('months');
    it_.double.clock.advance(80 * DAY);
    await clock(at + 80 * DAY);
    const again = await charge('months');
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect(madeWith('months')).toBe(1);
  });

  it('the shipped Worker has no such door', async () => {
    const plain = await rig();
    const { status, body } = await plain.request('GET', `/clock?at=${MIDNIGHT}`);
    expect([status, body.error]).toEqual([404, 'not_found']);
    expect(Math.abs(Date.parse((await plain.status()).resets_at) - Date.now())).toBeLessThanOrEqual(DAY);
    await plain.close();
  });
});
