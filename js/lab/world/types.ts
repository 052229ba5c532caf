// The simulated world: a clock, chance, Stripe, and a proxy before it. All of it is Rust (src/lab/); this is how it is used.
import type { LabPolicy, ProxyKind } from '../run/types.ts';

export interface WorldSettings {
  /** Same seed, same calls: same world. */
  seed: number;
  /** The first moment, Unix time in milliseconds. */
  now: number;
  proxy: {
    kind: ProxyKind;
    policy: LabPolicy;
  };
  /** With a restricted key: which resources it may write, such as `["charges"]`. By default a key may do everything, and the proxy's own always. */
  restricted_to?: string[];
  /** Whether a payment intent that is confirmed without a payment method is paid. By default Stripe refuses it. */
  cards_on_file?: boolean;
}

/** What strikes one request on its way. */
export type Strike =
  /** Stripe says that a request with this key is under way, and does nothing. */
  | 'stripe_409'
  /** Stripe's rate limit: nothing is done. */
  | 'stripe_429'
  /** Executed, and answered with 500, which Stripe keeps for the key. */
  | 'stripe_500'
  /** Not executed, answered with 500. */
  | 'stripe_500_before'
  /** Executed; the answer never comes. */
  | 'stripe_timeout'
  /** Never reaches Stripe, and no answer comes. */
  | 'stripe_timeout_before'
  /** Executed; a gateway answers 502. */
  | 'gateway_502';

/** A request to Stripe, at Stripe itself or through the proxy (`to`). */
export interface WorldRequest {
  to: 'stripe' | 'proxy';
  method: string;
  /** `/v1/…`, with its query. For the proxy's own routes: `/event-keys/…`. */
  path: string;
  /** Lower-case names. The credential is among them. */
  headers: Record<string, string>;
  body: string;
  strike?: Strike;
  /** When the sender stops waiting. */
  timeout_ms: number;
}

export interface WorldAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A thing that was asked of the world and has come about. */
export type Happened =
  | { kind: 'timer'; ticket: number }
  | { kind: 'answer'; ticket: number; answer: WorldAnswer; effect: Effect }
  | { kind: 'no_answer'; ticket: number; reason: 'timeout' | 'connection_closed'; effect: Effect };

/** What a request did, whether or not its sender was told. Of one without an answer, what it had done when its sender stopped waiting. */
export interface Effect {
  endpoint: string | null;
  did: 'charged' | 'replayed' | 'blocked' | 'refused' | 'other' | 'nothing';
  /** Of the money that moved, if any did: a charge, or the one of a payment intent. */
  charge: WorldCharge | null;
}

/** Money that moved. */
export interface WorldCharge {
  id: string;
  amount: number;
  currency: string;
  customer: string | null;
  idempotency_key: string | null;
  /** Unix time in milliseconds. */
  at: number;
  /** The ticket of the request that did it. */
  ticket: number;
}

export interface World {
  /** Unix time in milliseconds. */
  now(): number;
  /** An integer from 0, below the limit. */
  random(below: number): number;
  /** Answered by `next` when the time has come. */
  sleep(ms: number): number;
  /** Answered by `next` when the answer is there, or the sender's patience over. */
  send(request: WorldRequest): number;
  /**
   * Moves the clock to the next thing that happens; null where nothing is left. Of two at one moment, the one that was asked for first.
   * Before it is null, whatever the edge does by itself in the ten minutes after has happened; what it does later waits until the clock
   * is moved that far.
   */
  next(): Happened | null;
  /** Everything that moved money, in its order. */
  charges(): WorldCharge[];
  /** Whether on any day more went through the vault key than its cap. */
  cap_exceeded(): boolean;
  /** One row for each request that came by the proxy, as its audit has it. */
  audit(): { at: number; endpoint: string | null; verdict: string; status: number }[];
  /** Gives back its memory at once, rather than when it is collected. Nothing may be asked of it afterwards. */
  close(): void;
}

/** Starts a new world; the wasm is compiled once. */
export type OpenWorld = (settings: WorldSettings) => World;
