import { BillonceError, guard } from 'billonce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rig } from './rig.mjs';

describe('guard.pin', () => {
  let it_;
  beforeAll(async () => {
    it_ = await rig();
  });
  afterAll(() => it_.close());

  const own = () => guard({ vault_key: it_.vault.vault_key, base_url: `${it_.url}/stripe` });
  const refusal = (pinning) =>
    pinning.then(
      () => 'no refusal',
      (error) => (error instanceof BillonceError ? error.code : error),
    );

  it('gives the key that was pinned first, also to a flow that would make another', async () => {
    const event = 'evt/1 ä?';
    expect(await own().pin(event, 'first')).toEqual({ idempotency_key: 'first', created: true });
    expect(await own().pin(event, 'second')).toEqual({ idempotency_key: 'first', created: false });
    await it_.crash();
    expect(await own().pin(event, 'third')).toEqual({ idempotency_key: 'first', created: false });
  });

  it('is refused, rather than guessed, where no key came back', async () => {
    const { vault_key } = it_.vault;
    const unreachable = () => Promise.reject(new Error(vault_key));
    await expect(own().pin('evt_2', 'k', unreachable)).rejects.toMatchObject({
      code: 'not_pinned',
      message: 'event_id was not pinned (status 0): ask again, and charge nothing before',
    });
    await expect(own().pin('evt_2', 'a b')).rejects.toMatchObject({
      code: 'not_pinned',
      message:
        'event_id was not pinned (status 400): the edge refuses the event id, the key or the vault key; charge nothing',
    });
    expect(await refusal(own().pin('..', 'k'))).toBe('wrong_type');
    expect(await refusal(guard({ base_url: `${it_.url}/stripe` }).pin('evt_2', 'k'))).toBe('missing_field');
    expect(await refusal(guard({ vault_key, base_url: it_.url }).pin('evt_2', 'k'))).toBe('invalid_base_url');
    const revoked = guard({ vault_key: 'vault_key_0', base_url: `${it_.url}/stripe` });
    expect(await refusal(revoked.pin('evt_2', 'k'))).toBe('not_pinned');
  });
});
