// What an administrator does: vault keys and the audit.
import { json, refusal, textOf } from './http.ts';
import * as rules from './rules.ts';
import type { Env, Placed, Reply } from './types.ts';
import type { Vault, VaultStatus } from './vault.ts';

const MOST_ROWS = 1000;
/** Vault keys that are asked at once. */
const AT_ONCE = 50;
const ID = /^vk_[0-9a-f]{16}$/;

const registry = (env: Env) => env.REGISTRY.getByName('registry');
const notAllowed = (allow: string) =>
  refusal(405, 'method_not_allowed', `This can be asked with ${allow}.`, { allow });
const notFound = () => refusal(404, 'not_found', 'There is nothing here.');

/** Answers a request below /admin/ whose token is good. */
export async function admin(request: Request, env: Env, target: string): Promise<Reply | Response> {
  const [path = '', query = ''] = target.split('?');
  const [, , resource, id, ...rest] = path.split('/');
  if (rest.length > 0 || (id !== undefined && !ID.test(id))) return notFound();
  const route = `${request.method} ${resource}${id === undefined ? '' : '/id'}`;
  if (route === 'POST vault-keys') return create(await bodyOf(request), env);
  if (route === 'GET vault-keys') return json(200, { data: await statuses(env) });
  if (route === 'GET audit') return auditOf(new URLSearchParams(query), env);
  if (resource !== 'vault-keys' && !(resource === 'audit' && id === undefined)) return notFound();
  if (id === undefined) return notAllowed(resource === 'audit' ? 'GET' : 'GET, POST');
  if (!(await registry(env).has(id))) return notFound();
  const vault = env.VAULTS.getByName(id);
  if (route === 'GET vault-keys/id') return json(200, await vault.status());
  if (route === 'PATCH vault-keys/id') return change(vault, await bodyOf(request));
  if (route === 'DELETE vault-keys/id') return json(200, await vault.revoke());
  return notAllowed('GET, PATCH, DELETE');
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await textOf(request);
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

async function create(body: unknown, env: Env): Promise<Reply> {
  const { name, policy } = rules.checkPolicy(body);
  const { id, hash, vault_key } = rules.makeVaultKey();
  await env.VAULTS.getByName(id).create(id, hash, name, policy);
  await registry(env).add(id);
  return json(201, { id, vault_key, name, policy });
}

async function change(vault: Vault, body: unknown): Promise<Reply> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refusal(400, 'wrong_type', 'Send a JSON object with what is to change.');
  }
  const changed = await vault.update(body as Record<string, unknown>);
  return 'status' in changed ? changed : json(200, changed);
}

async function statuses(env: Env): Promise<VaultStatus[]> {
  return inTurns(await registry(env).ids(), (id) => env.VAULTS.getByName(id).status());
}

async function inTurns<T>(ids: string[], ask: (id: string) => Promise<T> | T): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    answers.push(...(await Promise.all(ids.slice(at, at + AT_ONCE).map(ask))));
  }
  return answers;
}

async function auditOf(query: URLSearchParams, env: Env): Promise<Reply | Response> {
  // What is empty is left out.
  const given = (name: string) => query.get(name) || null;
  const id = given('vault_key_id');
  const limit = Number(given('limit') ?? 100);
  const from = placeOf(given('cursor'));
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    return refusal(400, 'invalid_limit', `limit must be an integer from 1 to ${MOST_ROWS}.`);
  }
  if (!from) return refusal(400, 'invalid_cursor', 'This is no cursor of ours.');
  if (id !== null && !(ID.test(id) && (await registry(env).has(id)))) return notFound();
  if (query.get('format') === 'jsonl') return exported(env, id, from);
  const { rows, next } = await newest(env, id, from, limit);
  return json(200, {
    data: rows.map(({ row }) => row),
    has_more: next !== null,
    next_cursor: next && `${next.n}.${next.owner}`,
  });
}

/** Where a page begins: after the row with this number, of this object. */
type Place = { n: number; owner: string };
type Page = { rows: Placed[]; next: Place | null };

const START: Place = { n: Number.MAX_SAFE_INTEGER, owner: '' };
/** The owner of the rows that are no vault key's. */
const OWN = 'edge';

function placeOf(cursor: string | null): Place | null {
  if (cursor === null) return START;
  const [, n, owner = ''] = cursor.match(/^(\d{1,16})\.(edge|vk_[0-9a-f]{16})$/) ?? [];
  return n !== undefined && Number.isSafeInteger(Number(n)) ? { n: Number(n), owner } : null;
}

const ownerOf = ({ row }: Placed): string => row.vault_key_id ?? OWN;

/**
 * The newest rows of one vault key, or of all together with failed authentications, in one order. Rows of two objects may have one
 * number; their owners' names decide then.
 */
async function newest(env: Env, id: string | null, from: Place, limit: number): Promise<Page> {
  // One row more than the page has tells whether there is another page.
  const rowsOf = (owner: string) => {
    const before = owner > from.owner ? Math.min(from.n + 1, START.n) : from.n;
    const of = owner === OWN ? registry(env) : env.VAULTS.getByName(owner);
    return of.newest(before, limit + 1);
  };
  const lists = await inTurns(id === null ? [OWN, ...(await registry(env).ids())] : [id], rowsOf);
  const all = lists.flat().sort((a, b) => b.n - a.n || (ownerOf(a) < ownerOf(b) ? -1 : 1));
  const rows = all.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: last && all.length > limit ? { n: last.n, owner: ownerOf(last) } : null };
}

/** Every row as a line of JSON, newest first, a page at a time. */
function exported(env: Env, id: string | null, from: Place): Response {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const write = async () => {
    for (let place: Place | null = from; place; ) {
      const page: Page = await newest(env, id, place, MOST_ROWS);
      const lines = page.rows.map(({ row }) => `${JSON.stringify(row)}\n`);
      await writer.write(encoder.encode(lines.join('')));
      place = page.next;
    }
    await writer.close();
  };
  write().catch((why) => writer.abort(why));
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } });
}
