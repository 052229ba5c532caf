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
  const cursor = given('cursor');
  const before = cursor === null ? Number.MAX_SAFE_INTEGER : Number(cursor);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    return refusal(400, 'invalid_limit', `limit must be an integer from 1 to ${MOST_ROWS}.`);
  }
  if (!Number.isSafeInteger(before) || before < 0)
    return refusal(400, 'invalid_cursor', 'This is no cursor of ours.');
  if (id !== null && !(ID.test(id) && (await registry(env).has(id)))) return notFound();
  if (query.get('format') === 'jsonl') return exported(env, id, before);
  const rows = await newest(env, id, before, limit);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return json(200, {
    data: rows.map(({ row }) => row),
    has_more: last !== undefined,
    next_cursor: last ? String(last.n) : null,
  });
}

/** The newest rows of one vault key, or of all together with failed authentications, in one order. */
async function newest(env: Env, id: string | null, before: number, limit: number): Promise<Placed[]> {
  if (id !== null) return env.VAULTS.getByName(id).newest(before, limit);
  const ids = await registry(env).ids();
  const lists = await inTurns(ids, (each) => env.VAULTS.getByName(each).newest(before, limit));
  const all = [...lists, await registry(env).newest(before, limit)].flat().sort((a, b) => b.n - a.n);
  // Rows of two keys may have one number: a page ends before the first that it could not have whole.
  const page = all.slice(0, limit);
  const next = all[limit];
  if (!next || next.n !== page.at(-1)?.n) return page;
  const whole = page.filter(({ n }) => n !== next.n);
  return whole.length > 0 ? whole : all.filter(({ n }) => n === next.n);
}

/** Every row as a line of JSON, newest first, a page at a time. */
function exported(env: Env, id: string | null, from: number): Response {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const write = async () => {
    for (let before = from; ; ) {
      const rows = await newest(env, id, before, MOST_ROWS);
      const last = rows.at(-1);
      if (!last) break;
      await writer.write(encoder.encode(rows.map(({ row }) => `${JSON.stringify(row)}\n`).join('')));
      before = last.n;
    }
    await writer.close();
  };
  write().catch((why) => writer.abort(why));
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } });
}
