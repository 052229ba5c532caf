// Single calls beside the flow: what its credential may do, and what the approach keeps of it.

import type { World, WorldAnswer } from '../../world/types.ts';
import type { Engine } from '../run.ts';
import type { ApproachKind } from './approaches.ts';

const NOON = Date.parse('2026-06-01T12:00:00Z');
const PATIENCE_MS = 80_000;

export interface Probe {
  world: World;
  /** One call, and its answer. */
  ask(endpoint: string, form?: Record<string, string>, key?: string): WorldAnswer;
  /** The same at Stripe, with the account's own key. */
  atStripe(endpoint: string, form: Record<string, string>): WorldAnswer;
}

export function openProbe(
  { to, proxy, restricted }: ApproachKind,
  { openWorld }: Engine,
  daily_usd_cap: number,
): Probe {
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap };
  const world = openWorld({
    seed: 0,
    now: NOON,
    proxy: { kind: proxy, policy },
    ...(restricted ? { restricted_to: ['charges'] } : {}),
  });
  const send = (
    where: 'stripe' | 'proxy',
    token: string,
    endpoint: string,
    form?: Record<string, string>,
    key?: string,
  ): WorldAnswer => {
    const [method = '', path = ''] = endpoint.split(' ');
    const ticket = world.send({
      to: where,
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: form
        ? Object.entries(form)
            .map((pair) => pair.join('='))
            .join('&')
        : '',
      timeout_ms: PATIENCE_MS,
    });
    for (let happened = world.next(); happened; happened = world.next()) {
      if (happened.kind === 'answer' && happened.ticket === ticket) return happened.answer;
    }
    return { status: 0, headers: {}, body: '' };
  };
  const token =
    to === 'proxy' ? 'vault_key_of_the_lab' : restricted ? 'rk_test_of_the_lab' : 'sk_test_of_the_lab';
  return {
    world,
    ask: (endpoint, form, key) => send(to, token, endpoint, form, key),
    atStripe: (endpoint, form) => send('stripe', 'sk_test_of_the_account', endpoint, form),
  };
}
