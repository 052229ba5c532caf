import type { CallExpression, NewExpression, Node } from '@babel/types';
import { nameOfKey, type Program } from './names.ts';

/** A member of an expression. */
export interface Part {
  node: Node;
  path: string[];
}

/** A call that makes a key: from what, and the secret that its result shows. */
export interface BillonceCall {
  event: Part[];
  /** The parameters beside the event. */
  params: Part[];
  secret?: Part;
}

/** Methods of a guard, and functions of the package. */
const METHODS = ['charge', 'admit'];
const FUNCTIONS = ['idempotencyKey', 'idempotencyKeys', 'buildRequest'];

/** Whether the source uses billonce at all: pasted, or imported in any way. */
export const usesBillonce = ({ bindings, visits }: Program): boolean =>
  ['guard', 'governed', ...FUNCTIONS].some((name) => bindings.has(name)) ||
  visits.some(({ node }) => node.type === 'StringLiteral' && /^billonce(\/stripe)?$/.test(node.value));

export function billonceCall(
  program: Program,
  { callee, arguments: given }: CallExpression | NewExpression,
): BillonceCall | null {
  const [first, second] = given as (Node | undefined)[];
  if (!first) return null;
  const method = callee.type === 'MemberExpression' ? nameOfKey(callee.property) : '';
  const name = method === '' && callee.type === 'Identifier' ? callee.name : method;
  // Of billonce/stripe; other programs have Symbol.for.
  const isFor = method === 'for' && program.bindings.has('governed');
  const isMethod = METHODS.includes(method) || isFor;
  if (!(isMethod || FUNCTIONS.includes(name)) || !usesBillonce(program)) return null;
  if (name === 'buildRequest' || name === 'admit') {
    const event = ['event', 'idempotency_key'].map((member) => ({ node: first, path: [member] }));
    const built = { event, params: [{ node: first, path: [name === 'admit' ? 'body' : 'params'] }] };
    return name === 'admit' ? built : { ...built, secret: { node: first, path: ['vault_key'] } };
  }
  return { event: [{ node: first, path: [] }], params: second ? [{ node: second, path: [] }] : [] };
}
