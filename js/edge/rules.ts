// The edge's wasm: every decision is made there.

import endpoints from '#endpoints';
import { read } from '../door.ts';
import { decodeBase64 } from '../hosts/base64.ts';
import {
  attempt,
  type Callable,
  callRule,
  type ReadsEndpoints,
  type Rule,
  type Running,
  replyTo,
  startRules,
  understood,
} from '../instance.ts';
import type { Decision } from '../types.ts';
import module from './billonce-edge.wasm';
import type { Counted, Entry, Incoming, Reply, Totals } from './types.ts';

/** A request as it is forwarded, without its Authorization header. */
export interface Forward {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What src/edge/arrive.rs decides. */
export type Step = {
  /** The endpoint, as audits show it. */
  endpoint: string;
  key: string | null;
  /** The object of Stripe's that the call is about. */
  subject: string | null;
  amount_usd_cents: number | null;
  reason: string;
} & (
  | { do: 'need_object'; id: string }
  | { do: 'look_up'; path: string }
  | { do: 'read'; outgoing: Forward }
  | { do: 'send'; again: boolean; outgoing: Forward; entry: Entry; totals: Totals }
  | { do: 'wait'; answer: Reply }
  | { do: 'replay' }
  | { do: 'answer'; answer: Reply }
);

/** What src/edge/answered.rs makes of an answer. */
export interface Settlement {
  entry: Entry | null;
  totals: Totals;
  object: Counted | null;
  object_totals: Totals | null;
  kind: string;
  request_id: string | null;
  reply: Reply | null;
}

/** What src/edge/wasm.rs exports. */
type RuleName =
  | 'arrive'
  | 'answered'
  | 'learn'
  | 'resolve'
  | 'check'
  | 'ended'
  | 'check_policy'
  | 'check_pin'
  | 'read_credential'
  | 'same_hash'
  | 'carries_token'
  | 'make_vault_key';

let running: Running<Callable & ReadsEndpoints & Record<RuleName, Rule>> | undefined;

function ask(rule: RuleName, ...values: unknown[]): unknown {
  running ??= startRules(
    () => module,
    () => decodeBase64(endpoints),
  );
  const instance = running;
  const trees = values.map(read);
  return understood(attempt(() => replyTo(instance, callRule(rule, trees)), forget));
}

function forget(): void {
  running = undefined;
}

/** A vault key's policy as it is stored, and whether it is revoked. */
export interface Judge {
  policy: unknown;
  revoked: boolean;
}

export const arrive = (input: {
  request: Incoming;
  vault: Judge;
  today: Totals;
  now: number;
  entry: Entry | undefined;
  entry_day: Totals | undefined;
  object: Counted | null | undefined;
  looked_up: boolean;
  under_way: boolean;
  own_key: string;
}) => ask('arrive', input) as Step;

export const answered = (input: {
  entry: Entry;
  totals: Totals;
  endpoint: string;
  vault: Judge;
  answer: { status: number; headers: Record<string, string>; body: unknown };
  object: Counted | null;
  object_totals: Totals | undefined;
}) => ask('answered', input) as Settlement;

export const learn = (input: {
  answer: { status: number; headers: Record<string, string>; body: unknown };
  day: number;
}) => ask('learn', input) as Counted | null;

export const resolve = (input: { entry: Entry; totals: Totals; now: number }) =>
  ask('resolve', input) as { send: boolean; entry: Entry; totals: Totals };

export const check = (input: { given: unknown; vault: Judge; today: Totals; now: number }) =>
  ask('check', input) as Decision;

/** What a vault key that is revoked or expired is answered. */
export const ended = (input: { vault: Judge; today: Totals; now: number }) =>
  ask('ended', input) as Reply | null;

export const checkPolicy = (body: unknown) =>
  ask('check_policy', body) as { name: string; policy: Record<string, unknown> };

export const checkPin = (pin: { external_event_id: string | undefined; idempotency_key: unknown }) => {
  ask('check_pin', pin);
};

export const readCredential = (authorization: string) =>
  ask('read_credential', authorization) as { id: string; hash: string } | null;

export const sameHash = (a: string, b: string) => ask('same_hash', a, b) as boolean;

export const carriesToken = (authorization: string, token: string) =>
  ask('carries_token', authorization, token) as boolean;

export const makeVaultKey = () =>
  ask('make_vault_key', randomHex(40)) as { id: string; hash: string; vault_key: string };

/** Random bytes of the runtime's own source for secrets, in lower-case hex. */
function randomHex(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
