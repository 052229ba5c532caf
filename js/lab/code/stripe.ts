// Where a Code step's source calls Stripe: by the official package, or by fetch and the like.
import type { CallExpression, Node } from '@babel/types';
import { isBillingPath, isUpdate, stripeUrl } from '../stripe-url.ts';
import { billonceCall, type Part } from './billonce.ts';
import { calledFunctions, callsTo, dottedName, nameOfKey, type Program } from './names.ts';
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
  return program.visits.flatMap(({ node }) => {
    if (node.type !== 'CallExpression') return [];
    const call = packageCall(program, node) ?? fetchCall(program, node, proxy);
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

function unwrapped(node: Node): Node {
  if (node.type === 'AwaitExpression') return unwrapped(node.argument);
  const isWrap =
    node.type === 'TSAsExpression' ||
    node.type === 'TSNonNullExpression' ||
    node.type === 'TSSatisfiesExpression' ||
    node.type === 'ParenthesizedExpression';
  return isWrap ? unwrapped(node.expression) : node;
}

interface Client {
  /** Whether an HTTP client such as that of billonce/stripe decides where calls go and which key they have. */
  governed: boolean;
}

/** A client, or a resource of one: `['charges']`. */
interface Held {
  client: Client;
  names: string[];
}

/** A source is short; this bounds what a hostile one costs. */
const MAX_WORK = 500;

/** What an expression is, if it is a client: under whatever name, taken apart, made by a function, or passed to one. */
export function clientAt(program: Program, node: Node): Held | null {
  let work = 0;
  const within = (names: readonly string[], held: Held | null): Held | null =>
    held && { client: held.client, names: [...held.names, ...names] };
  const first = (nodes: readonly (Node | null | undefined)[]): Held | null => {
    for (const one of nodes) {
      const held = one ? at(one) : null;
      if (held) return held;
    }
    return null;
  };
  const at = (given: Node): Held | null => {
    if (++work > MAX_WORK) return null;
    const it = unwrapped(given);
    const maker: Node = it;
    if (isStripeClient(program, maker)) return { client: { governed: governs(maker) }, names: [] };
    switch (it.type) {
      case 'Identifier':
        for (const bound of program.bindings.get(it.name) ?? []) {
          if (bound.kind === 'value' && bound.at.length === 0) {
            const held = within(bound.path, at(bound.node));
            if (held) return held;
          }
          if (bound.kind === 'parameter' && bound.of !== program.entry) {
            const held = first(callsTo(program, bound.of).map((call) => call.arguments[bound.index] as Node));
            if (held) return within(bound.path, held);
          }
        }
        return null;
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const name = nameOfKey(it.property);
        return within([name], at(it.object)) ?? first(setTo(program, it.object, name));
      }
      case 'CallExpression':
        return first(calledFunctions(program, it).flatMap((made) => program.returns.get(made) ?? []));
      case 'LogicalExpression':
        return first([it.left, it.right]);
      case 'ConditionalExpression':
        return first([it.consequent, it.alternate]);
      case 'AssignmentExpression':
        return at(it.right);
      default:
        return null;
    }
  };
  return at(node);
}

/** What a member is set to: within an object, in a class, or later. */
function setTo({ bindings, thisMembers }: Program, object: Node, name: string): Node[] {
  if (object.type === 'ThisExpression') return thisMembers.get(name) ?? [];
  if (object.type !== 'Identifier') return [];
  return (bindings.get(object.name) ?? []).flatMap((bound): Node[] => {
    if (bound.kind !== 'value') return [];
    if (bound.at.length > 0) return bound.at.length === 1 && bound.at[0] === name ? [bound.node] : [];
    if (bound.node.type !== 'ObjectExpression' || bound.path.length > 0) return [];
    return bound.node.properties.flatMap((it) =>
      it.type === 'ObjectProperty' && nameOfKey(it.key) === name ? [it.value] : [],
    );
  });
}

function governs({ arguments: [, options] }: CallExpression): boolean {
  if (options?.type !== 'ObjectExpression') return false;
  return options.properties.some(
    (it) => it.type === 'ObjectProperty' && ['httpClient', 'host'].includes(nameOfKey(it.key)),
  );
}

function packageCall(program: Program, node: CallExpression): CodeCall | null {
  const method = node.callee.type === 'MemberExpression' ? nameOfKey(node.callee.property) : '';
  if (!ACTING.test(method) || node.callee.type !== 'MemberExpression') return null;
  const held = clientAt(program, node.callee.object);
  if (!held || !BILLING.test(held.names.at(-1) ?? '')) return null;
  const { client } = held;
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

/** What axios was told when an instance of it was made. */
function madeWith(program: Program, node: Node): Node[] {
  if (node.type !== 'Identifier') return [];
  return (program.bindings.get(node.name) ?? []).flatMap((bound): Node[] => {
    if (bound.kind !== 'value' || bound.node.type !== 'CallExpression') return [];
    return dottedName(program, bound.node.callee) === 'axios.create' ? (bound.node.arguments as Node[]) : [];
  });
}

const below = (base: string, path: string): string =>
  `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;

const SENDERS = /^(fetch|axios|got|request|post)$/;

function fetchCall(program: Program, node: CallExpression, proxy: string | null): CodeCall | null {
  const { callee, arguments: given } = node;
  const name = callee.type === 'MemberExpression' ? nameOfKey(callee.property) : nameOfKey(callee);
  if (!SENDERS.test(name)) return null;
  const [target, ...rest] = given as Node[];
  if (!target) return null;
  const config = target.type === 'ObjectExpression' ? target : undefined;
  const literal = (node: Node, path: string[]) =>
    originsOf(program, node, path).flatMap((it) => (it.kind === 'literal' ? [it.text] : []));
  const instance = callee.type === 'MemberExpression' ? callee.object : callee;
  const options = config ? [config] : rest;
  const made = madeWith(program, instance);
  const bases = [...options, ...made].flatMap((option) => literal(option, ['baseURL']));
  const literals = literal(target, config ? ['url'] : []);
  const written = [
    ...literals,
    ...bases.flatMap((base) => literals.map((path) => below(base, path))),
    ...bases,
  ];
  const url = written.map((text) => stripeUrl(text, proxy)).find((it) => it !== null);
  if (!url) return null;
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
    key: [...options, ...made]
      .map(header)
      .filter(({ node: option, path }) => originsOf(program, option, path).length > 0),
    direct: url.direct,
  };
}
