// `process.env` of a worker: what a step asks of it by a secret's name is there, as connections are, and is none. No real one is needed.
import { SLACK_URL, STRIPE_KEY, VAULT_KEY } from '../../stand-ins.ts';

const STRIPE =
  /stripe(?!.*(webhook|publish|version|account)).*(key|secret|token)|(^|_)(secret_?key|api_?key|sk)$/i;
const VAULT = /(vault|keybrake|billonce).*(key|secret|token)/i;

function standIn(name: string): string | undefined {
  if (VAULT.test(name)) return VAULT_KEY;
  if (STRIPE.test(name)) return STRIPE_KEY;
  return /slack.*(url|hook)/i.test(name) ? SLACK_URL : undefined;
}

/** Of one process: what a step sets in it ends with that. */
export const environment = (): Record<string, string> =>
  new Proxy<Record<string, string>>(Object.create(null), {
    get: (set, name) =>
      typeof name === 'string' ? (Object.hasOwn(set, name) ? set[name] : standIn(name)) : undefined,
    set: (set, name, value) => Reflect.set(set, name, String(value)),
    has: (set, name) => Object.hasOwn(set, name) || (typeof name === 'string' && standIn(name) !== undefined),
  });
