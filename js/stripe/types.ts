import type { BillingEvent, Circumstances } from '../index.ts';

/** The part of `fetch` that a governed client uses. */
export type GovernedFetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    redirect: 'manual';
    signal?: never;
  },
) => Promise<{ status: number; headers: unknown; body?: unknown; text(): Promise<string> }>;

/** How the official package's calls are governed. */
export interface GovernedOptions extends Partial<Circumstances> {
  /** Where calls go, instead of to api.stripe.com. Default: `"https://proxy.keybrake.com/stripe"`. https, or http on this machine. */
  base_url?: string;
  /** Says that a raw Stripe secret (`sk_…`, `rk_…`) is meant where a vault key belongs. Default: false. */
  allow_raw_key?: boolean;
  /** Whose key a call gets that names no event itself: for a client that bills one event. */
  event?: BillingEvent;
  /** Whether what an event makes carries its key as `metadata[billonce_key]`, where it has metadata. Default: true. */
  metadata_key?: boolean;
  /** Default: the host's. */
  fetch?: GovernedFetch;
}

/** An answer, as the official package reads it. */
export interface GovernedResponse {
  getStatusCode(): number;
  getHeaders(): Record<string, string>;
  /** What becomes `lastResponse`. */
  getRawResponse(): { statusCode: number; headers: Record<string, string> };
  toStream(streamCompleteCallback: () => void): unknown;
  toJSON(): Promise<object>;
}

/** An HTTP client for the official package: `new Stripe(vaultKey, { httpClient })`. */
export interface Governed {
  /**
   * The options of a call that bills an event: `stripe.charges.create(params, billing.for(event))`. Its `idempotencyKey`
   * stands for the event until the call's endpoint is known, and is never sent.
   *
   * @throws {BillonceError} for what is no billing event.
   */
  for(event: BillingEvent): { idempotencyKey: string };
  getClientName(): string;
  makeRequest(
    host: string,
    port: string | number,
    path: string,
    method: string,
    headers: object,
    requestData: unknown,
    protocol: string,
    timeout: number,
  ): Promise<GovernedResponse>;
}
