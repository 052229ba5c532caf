// The edge's wasm: every decision is made there.

import * as glue from '#edge-glue';
import { read } from '../door.ts';
import { BillonceError } from '../error.ts';
import type { Decision, ErrorCode } from '../types.ts';
import { withEncoded } from '../wire.ts';
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

let running = false;

function ask(rule: (input: Uint8Array) => Uint8Array, ...values: unknown[]): unknown {
  if (!running) glue.initSync({ module });
  running = true;
  let text: string;
  try {
    text = withEncoded(values.map(read), (bytes) =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(rule(bytes)),
    );
  } catch (cause) {
    // A trap would be a defect: nothing is done, and the next call gets a new instance.
    glue.__wbg_reset_state();
    running = false;
    throw new BillonceError(
      'internal_error',
      'billonce',
      `billonce failed on this input (${(cause as Error).name})`,
    );
  }
  if (text[0] !== '-') return JSON.parse(text);
  const refusal = JSON.parse(text.slice(1)) as { code: ErrorCode; field: string; message: string };
  throw new BillonceError(refusal.code, refusal.field, refusal.message);
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
}) => ask(glue.arrive, input) as Step;

export const answered = (input: {
  entry: Entry;
  totals: Totals;
  endpoint: string;
  vault: Judge;
  answer: { status: number; headers: Record<string, string>; body: unknown };
  object: Counted | null;
  object_totals: Totals | undefined;
}) => ask(glue.answered, input) as Settlement;

export const learn = (input: {
  answer: { status: number; headers: Record<string, string>; body: unknown };
  day: number;
}) => ask(glue.learn, input) as Counted | null;

export const resolve = (input: { entry: Entry; totals: Totals; now: number }) =>
  ask(glue.resolve, input) as { send: boolean; entry: Entry; totals: Totals };

export const check = (input: { given: unknown; vault: Judge; today: Totals; now: number }) =>
  ask(glue.check, input) as Decision;

export const checkPolicy = (body: unknown) =>
  ask(glue.check_policy, body) as { name: string; policy: Record<string, unknown> };

export const checkPin = (pin: { external_event_id: string; idempotency_key: unknown }) => {
  ask(glue.check_pin, pin);
};

export const readCredential = (authorization: string) =>
  ask(glue.read_credential, authorization) as { id: string; hash: string } | null;

export const sameHash = (a: string, b: string) => ask(glue.same_hash, a, b) as boolean;

export const carriesToken = (authorization: string, token: string) =>
  ask(glue.carries_token, authorization, token) as boolean;

export const makeVaultKey = () => ask(glue.make_vault_key) as { id: string; hash: string; vault_key: string };
