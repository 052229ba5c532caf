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

/**
 * Whether a URL is one of Stripe's API: on its host, or one of its POST endpoints on any other, as behind a proxy or a double.
 * References in it stand for themselves.
 */
export function stripeUrl(text: string): StripeUrl | null {
  const [bare = ''] = text
    .trim()
    .replaceAll(/\{\{[^}]*\}\}/g, 'x')
    .split(/[?#]/);
  const at = bare.search(/\/v1(\/|$)/);
  const base = (at < 0 ? bare : bare.slice(0, at)).replace(/\/+$/, '');
  const path = at < 0 ? '/v1' : bare.slice(at).replace(/\/+$/, '');
  const direct = STRIPE.test(base);
  return direct || (at >= 0 && isEndpoint(path)) ? { path, direct, base } : null;
}

/** By the package's own table of Stripe's endpoints. */
function isEndpoint(path: string): boolean {
  try {
    guard({}).admit({ endpoint: `POST ${path}`, body: '', idempotency_key: 'x' });
    return true;
  } catch {
    return false;
  }
}

/** Endpoints whose repetition moves or asks for money once more. An unknown one may be. */
export const isBillingPath = (path: string): boolean =>
  path === '/v1' ||
  /^\/v1\/(charges|payment_intents|invoices|invoiceitems|subscriptions|subscription_\w+|refunds|payouts|transfers|topups|credit_notes|quotes|checkout|payment_links)\b/.test(
    path,
  );
