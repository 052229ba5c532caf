// The six ways to let a flow bill that are compared. The first five are those of the published table.
import type { ProxyKind } from '../../run/types.ts';
import type { ApproachId } from '../types.ts';

/** A flow in one of the ways, or why there is none. */
export type Variant = { flow: unknown } | { missing: string };
export type Variants = Record<ApproachId, Variant>;

/** Base URLs of Stripe, of the vendor's proxy, and of somebody's own edge. */
export const STRIPE = 'https://api.stripe.com';
export const PROXY = 'https://proxy.keybrake.com/stripe';
export const EDGE = 'https://edge.example.com';

export interface ApproachKind {
  id: ApproachId;
  title: string;
  /** Where its calls go. */
  to: 'stripe' | 'proxy';
  proxy: ProxyKind;
  /** The base URL of its calls. */
  base: string;
  restricted: boolean;
  /** Whether its calls carry a key made from the event. */
  keyed: boolean;
  /** Where a Code step that charges by itself usually makes its client. */
  client: 'module_scope' | 'own' | 'governed';
}

const direct = {
  to: 'stripe',
  proxy: 'spend_cap',
  base: STRIPE,
  restricted: false,
  client: 'module_scope',
} as const;
const proxied = {
  to: 'proxy',
  proxy: 'spend_cap',
  base: PROXY,
  restricted: false,
  client: 'own',
} as const;

export const APPROACHES: ApproachKind[] = [
  { id: 'raw_key', title: 'raw sk_live_ key', keyed: false, ...direct },
  { id: 'restricted_key', title: 'restricted key', keyed: false, ...direct, restricted: true },
  { id: 'key_only', title: 'idempotency key only', keyed: true, ...direct },
  { id: 'proxy_only', title: 'vault key, proxy', keyed: false, ...proxied },
  { id: 'key_and_proxy', title: 'idempotency key, vault key, proxy', keyed: true, ...proxied },
  {
    id: 'billonce_edge',
    title: 'billonce and its own edge',
    keyed: true,
    ...proxied,
    proxy: 'billonce_edge',
    base: `${EDGE}/stripe`,
    client: 'governed',
  },
];
