import { guard } from '../index.ts';

export interface StripeUrl {
  /** Such as `"/v1/charges"`; a path that is only known at run time is `"/v1"`. */
  path: string;
  /** Whether it is Stripe's own host rather than a proxy. */
  direct: boolean;
  /** What stands before the path. */
  base: string;
}

const STRIPE = /^https?:\/\/api\.stripe\.com(:\d+)?$/i;

/** Other hosts have a /v1/invoices as well: a proxy or a double is known by its name, or by being on this machine. */
const IN_FRONT = /stripe|keybrake|^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/i;

/**
 * Whether a URL is one of Stripe's API: on its host, or one of its POST endpoints behind a proxy or at a double. References in it stand
 * for themselves.
 *
 * @param proxy The base URL of a proxy that goes by another name.
 */
export function stripeUrl(text: string, proxy: string | null): StripeUrl | null {
  const [bare = ''] = text
    .trim()
    .replaceAll(/\{\{[^}]*\}\}/g, 'x')
    .split(/[?#]/);
  const at = bare.search(/\/v1(\/|$)/);
  const base = withoutSlash(at < 0 ? bare : bare.slice(0, at));
  const path = at < 0 ? '/v1' : withoutSlash(bare.slice(at));
  const direct = STRIPE.test(base);
  const inFront = IN_FRONT.test(base) || (proxy !== null && base === withoutSlash(proxy));
  return direct || (at >= 0 && inFront && isEndpoint(path)) ? { path, direct, base } : null;
}

const withoutSlash = (text: string): string => text.replace(/\/+$/, '');

/** By the package's own table of Stripe's endpoints. */
function isEndpoint(path: string): boolean {
  try {
    guard({}).admit({ endpoint: `POST ${path}`, body: '', idempotency_key: 'x' });
    return true;
  } catch {
    return false;
  }
}

/** What groups resources in a path, and is none itself. */
const NAMESPACES =
  /^\/v1\/(apps|billing|billing_portal|checkout|climate|entitlements|financial_connections|forwarding|identity|issuing|radar|reporting|tax|terminal|test_helpers|treasury)(?=\/)/;

/** `POST /v1/customers/cus_1` changes what is there: repeated, it changes nothing more. */
export const isUpdate = (path: string): boolean => path.replace(NAMESPACES, '/v1').split('/').length === 4;

/** Endpoints whose repetition moves or asks for money once more. An unknown one may be. */
export const isBillingPath = (path: string): boolean =>
  path === '/v1' ||
  /^\/v1\/(charges|payment_intents|invoices|invoiceitems|subscriptions|subscription_\w+|refunds|payouts|transfers|topups|credit_notes|quotes|checkout|payment_links)\b/.test(
    path,
  );
