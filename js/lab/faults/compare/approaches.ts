// The six ways to let a flow bill that are compared. The first five are those of the published table.
import type { ProxyKind } from '../../run/types.ts';
import type { ApproachId } from '../types.ts';
import { chained, DIRECT, EDGE, PROXIED, sentTo, type Variant, withKeys, withoutKeys } from './variants.ts';

export interface ApproachKind {
  id: ApproachId;
  title: string;
  /** The flow in this way. */
  variant: (flow: unknown, payload: unknown) => Variant;
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
  base: DIRECT.base,
  restricted: false,
  client: 'module_scope',
} as const;
const proxied = {
  to: 'proxy',
  proxy: 'spend_cap',
  base: PROXIED.base,
  restricted: false,
  client: 'own',
} as const;

const raw = (flow: unknown) => chained(flow, withoutKeys, (it) => sentTo(it, DIRECT));

export const APPROACHES: ApproachKind[] = [
  { id: 'raw_key', title: 'raw sk_live_ key', variant: raw, keyed: false, ...direct },
  { id: 'restricted_key', title: 'restricted key', variant: raw, keyed: false, ...direct, restricted: true },
  {
    id: 'key_only',
    title: 'idempotency key only',
    variant: (flow) =>
      chained(
        flow,
        (it) => sentTo(it, DIRECT),
        (it) => withKeys(it),
      ),
    keyed: true,
    ...direct,
  },
  {
    id: 'proxy_only',
    title: 'vault key, proxy',
    variant: (flow) => chained(flow, withoutKeys, (it) => sentTo(it, PROXIED)),
    keyed: false,
    ...proxied,
  },
  {
    id: 'key_and_proxy',
    title: 'idempotency key, vault key, proxy',
    variant: (flow) =>
      chained(
        flow,
        (it) => sentTo(it, PROXIED),
        (it) => withKeys(it),
      ),
    keyed: true,
    ...proxied,
  },
  {
    id: 'billonce_edge',
    title: 'billonce and its own edge',
    variant: (flow, payload) => withKeys(flow, EDGE, payload),
    keyed: true,
    ...proxied,
    proxy: 'billonce_edge',
    base: `${EDGE}/stripe`,
    client: 'governed',
  },
];
