// The vault key: judged in a buffer that is wiped, put into a header at the last moment, shown to nobody.
import { member, type Tree, without } from './door.ts';
import { askVaultKey } from './engine.ts';
import { BillonceError } from './error.ts';

const SHORTEST_SECRET = 8;

/** How headers with a key show themselves to serialisers and inspectors. */
const REDACTED = {
  toJSON(this: Record<string, string>): Record<string, string> {
    return { ...this, Authorization: 'Bearer [redacted]' };
  },
  [Symbol.for('nodejs.util.inspect.custom')](this: { toJSON(): unknown }): unknown {
    return this.toJSON();
  },
};

/** The request with its Authorization header. The redaction is inherited: fetch takes own properties for headers. */
export function authorize<R extends { headers: Record<string, string> }>(request: R, key: string): R {
  const headers: Record<string, string> = Object.create(REDACTED);
  for (const [name, value] of Object.entries(request.headers)) {
    // In whatever case it is written, fetch would join it with ours.
    if (name.toLowerCase() !== 'authorization') headers[name] = value;
  }
  headers.Authorization = `Bearer ${key}`;
  return { ...request, headers };
}

/**
 * Refuses values in which the key itself stands, before they cross: it would end in the request's body, which run logs
 * show, and in wasm memory.
 */
export function refuseLeak(key: string, field: string, tree: Tree): void {
  if (!repeats(key, tree)) return;
  const message = `${field} would put the vault key where run logs show it; take it out of there`;
  throw new BillonceError('secret_in_output', field, message);
}

/** Whether the key itself stands in a value. */
export function repeats(key: string, tree: Tree): boolean {
  // No key of any use is shorter, and a shorter one would be found in ordinary words.
  return key.length >= SHORTEST_SECRET && contains(tree, key);
}

function contains(tree: Tree, key: string): boolean {
  return typeof tree === 'string'
    ? tree.includes(key)
    : Array.isArray(tree) && tree.some((part) => contains(part, key));
}

/**
 * Takes the vault key out of a configuration, once it has passed, so that it never crosses with the rest. Anything
 * but text is left for the rules to refuse.
 */
export function takeVaultKey(given: Tree, field: string): { tree: Tree; vaultKey: string | undefined } {
  const vaultKey = member(given, 'vault_key');
  if (typeof vaultKey !== 'string') return { tree: given, vaultKey: undefined };
  askVaultKey(vaultKey, member(given, 'allow_raw_key') === true);
  const tree = without(given, 'vault_key');
  refuseLeak(vaultKey, field, tree);
  return { tree, vaultKey };
}
