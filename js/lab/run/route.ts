// Where a request goes: to Stripe, through the proxy before it, past both, or to some other host.
import { stripeUrl } from '../stripe-url.ts';

export type Route =
  | { to: 'stripe' | 'proxy'; path: string }
  /** To the proxy's host, at a path where it has nothing. */
  | { to: 'nowhere' }
  | { to: 'elsewhere' };

const known = new Map<string, Route>();
const MOST = 10_000;

export function routeOf(url: string): Route {
  let route = known.get(url);
  if (!route) {
    route = find(url);
    if (known.size >= MOST) known.clear();
    known.set(url, route);
  }
  return route;
}

function find(url: string): Route {
  const bare = url.replace(/#.*$/, '');
  const [before = ''] = bare.split('?');
  const at = before.search(/\/v1(\/|$)/);
  if (at < 0) {
    const own = before.search(/\/event-keys\//);
    // An edge serves Stripe's API below /stripe, and this beside it, whatever its host is called.
    if (own < 0 || !isProxy(`${before.slice(0, own)}/stripe`)) return { to: 'elsewhere' };
    return { to: 'proxy', path: bare.slice(own) };
  }
  const base = before.slice(0, at);
  // Whether it is a GET or a POST: what one of Stripe's endpoints can be behind, all of them are.
  const found = stripeUrl(`${base}/v1/charges`, null);
  if (!found) return { to: 'elsewhere' };
  if (found.direct) return { to: 'stripe', path: bare.slice(at) };
  // A double of Stripe on this machine, as `npx` starts some: a proxy there has its calls below a path.
  if (LOOPBACK.test(base)) return { to: 'stripe', path: bare.slice(at) };
  return isMissed(base) ? { to: 'nowhere' } : { to: 'proxy', path: bare.slice(at) };
}

const isProxy = (base: string): boolean => stripeUrl(`${base}/v1/charges`, null)?.direct === false;

const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** The proxies that are known by name forward what is below /stripe, which stripe-node's `host` loses. */
const isMissed = (base: string): boolean => /^https?:\/\/[^/]*keybrake[^/]*$/i.test(base);
