// Where a Code step's source calls Stripe: by the official package, or by fetch and the like.
import type { CallExpression, Node } from '@babel/types';
import { isBillingPath, isUpdate, stripeUrl } from '../stripe-url.ts';
import { billonceCall, type Part } from './billonce.ts';
import { nameOfKey, type Program } from './names.ts';
import { originsOf } from './origins.ts';
import { lineOf } from './parse.ts';

/** A POST to Stripe. */
export interface CodeCall {
  line: number;
  /** The parameters: an object's or a body's. */
  params: Part[];
  /** Where the key stands; empty where there is none. */
  key: Part[];
  /** Where it goes, if the source says so. */
  direct: boolean;
}

/** What makes something, or asks for money. Repeating an update changes nothing more. */
const ACTING = /^(create\w*|confirm|capture|pay|reverse|increment\w*|refund)$/;
const BILLING =
  /^(charges|paymentIntents|invoices|invoiceItems|subscriptions|subscriptionItems|subscriptionSchedules|refunds|payouts|transfers|topups|creditNotes|quotes|orders|sessions|paymentLinks|setupIntents)$/;

export function stripeCalls(program: Program, proxy: string | null): CodeCall[] {
  const clients = clientsOf(program);
  return program.visits.flatMap(({ node }) => {
    if (node.type !== 'CallExpression') return [];
    const call = packageCall(program, node, clients) ?? fetchCall(program, node, proxy);
    return call ? [call] : [];
  });
}

/** `new Stripe(…)`, `Stripe(…)` or `require('stripe')(…)`. */
export function isStripeClient({ bindings }: Program, node: Node): node is CallExpression {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false;
  const { callee } = node;
  if (callee.type === 'CallExpression') return isRequire(callee);
  if (callee.type !== 'Identifier') return false;
  const bound = bindings.get(callee.name) ?? [];
  const from = bound.some(
    (it) =>
      (it.kind === 'import' && it.from === 'stripe') ||
      (it.kind === 'value' && isRequire(unwrapped(it.node))),
  );
  return from || (callee.name === 'Stripe' && bound.length === 0 && node.type === 'NewExpression');
}

/** `require('stripe')`, `(await import('stripe')).default`. */
function isRequire(node: Node): boolean {
  if (node.type === 'MemberExpression') return isRequire(unwrapped(node.object));
  if (node.type !== 'CallExpression') return false;
  const [argument] = node.arguments;
  const required = nameOfKey(node.callee) === 'require' || node.callee.type === 'Import';
  return required && argument?.type === 'StringLiteral' && argument.value === 'stripe';
}

const unwrapped = (node: Node): Node =>
  node.type === 'AwaitExpression' || node.type === 'TSAsExpression'
    ? unwrapped(node.type === 'AwaitExpression' ? node.argument : node.expression)
    : node;

interface Client {
  /** Whether an HTTP client such as that of billonce/stripe decides where calls go and which key they have. */
  governed: boolean;
}

function clientsOf(program: Program): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const [name, bound] of program.bindings) {
    for (const it of bound) {
      if (it.kind !== 'value') continue;
      const node = unwrapped(it.node);
      if (isStripeClient(program, node)) clients.set(name, { governed: governs(node) });
    }
  }
  return clients;
}

function governs({ arguments: [, options] }: CallExpression): boolean {
  if (options?.type !== 'ObjectExpression') return false;
  return options.properties.some(
    (it) => it.type === 'ObjectProperty' && ['httpClient', 'host'].includes(nameOfKey(it.key)),
  );
}

function packageCall(program: Program, node: CallExpression, clients: Map<string, Client>): CodeCall | null {
  const names: string[] = [];
  let target: Node = node.callee;
  while (target.type === 'MemberExpression') {
    names.unshift(nameOfKey(target.property));
    target = target.object;
  }
  const client = target.type === 'Identifier' ? clients.get(target.name) : undefined;
  const method = names.pop() ?? '';
  if (!client || !ACTING.test(method) || !BILLING.test(names.at(-1) ?? '')) return null;
  const given = node.arguments as Node[];
  const params = given.find(({ type }) => type !== 'StringLiteral');
  const direct = !client.governed;
  const common = { line: lineOf(node), params: params ? [{ node: params, path: [] }] : [], direct };
  return { ...common, key: given.flatMap((argument, at) => keyIn(program, argument, at)) };
}

/** `{ idempotencyKey }`, or the options that billonce/stripe makes of an event. */
function keyIn(program: Program, argument: Node, at: number): Part[] {
  const made = argument.type === 'CallExpression' ? billonceCall(program, argument) : null;
  if (made) return [{ node: argument, path: [] }];
  const part = { node: argument, path: ['idempotencyKey'] };
  const origins = originsOf(program, argument, part.path);
  // Parameters that come from outside as a whole hold no key; options may.
  const outside = origins.every(({ kind, ...it }) => 'path' in it && it.path.at(-1) === 'idempotencyKey');
  return origins.length > 0 && !(outside && at === 0) ? [part] : [];
}

const SENDERS = /^(fetch|axios|got|request|post)$/;

function fetchCall(program: Program, node: CallExpression, proxy: string | null): CodeCall | null {
  const { callee, arguments: given } = node;
  const name = callee.type === 'MemberExpression' ? nameOfKey(callee.property) : nameOfKey(callee);
  if (!SENDERS.test(name)) return null;
  const [target, ...rest] = given as Node[];
  if (!target) return null;
  const config = target.type === 'ObjectExpression' ? target : undefined;
  const literals = originsOf(program, target, config ? ['url'] : []).flatMap((it) =>
    it.kind === 'literal' ? [it.text] : [],
  );
  const url = literals.map((text) => stripeUrl(text, proxy)).find((it) => it !== null);
  if (!url) return null;
  const options = config ? [config] : rest;
  const literal = (node: Node, path: string[]) =>
    originsOf(program, node, path).flatMap((it) => (it.kind === 'literal' ? [it.text] : []));
  const methods = options.flatMap((option) => literal(option, ['method']));
  const posts = name === 'post' || methods.some((method) => method.toUpperCase() === 'POST');
  if (!posts || !isBillingPath(url.path) || isUpdate(url.path)) return null;
  const header = (option: Node): Part => ({ node: option, path: ['headers', 'Idempotency-Key'] });
  return {
    line: lineOf(node),
    params: options
      .flatMap((option) => [
        { node: option, path: ['body'] },
        { node: option, path: ['data'] },
      ])
      .concat(name === 'post' && rest[0] ? [{ node: rest[0], path: [] }] : []),
    key: options.map(header).filter(({ node: option, path }) => originsOf(program, option, path).length > 0),
    direct: url.direct,
  };
}
