// Where the value of an expression comes from: the step's inputs, literals, and what is another on each run.
import type { CallExpression, NewExpression, Node, ObjectExpression } from '@babel/types';
import { billonceCall } from './billonce.ts';
import { type Binding, calledFunctions, callsTo, nameOfKey, type Program } from './names.ts';
import { isFunction, lineOf } from './parse.ts';
import { unstableNode } from './unstable.ts';

export type Origin = { amount?: boolean; line: number } & (
  | { kind: 'input'; path: string[] }
  | { kind: 'literal'; text: string }
  | { kind: 'unstable'; what: string }
  /** A key or request that billonce made. */
  | { kind: 'billonce' }
  | { kind: 'times100' }
  | { kind: 'bigint' }
  /** A variable of the server's environment. */
  | { kind: 'environment'; name: string }
  /** What cannot be told from this source alone. */
  | { kind: 'unknown' }
);

/**
 * `influence`: everything that can change the value, such as what was hashed. `carry`: only what stands in the value itself, such as
 * a secret that is passed on.
 */
export type Mode = 'influence' | 'carry';

/** Functions whose result still holds what they were given. */
const PASSING = new Set([
  'String',
  'trim',
  'toString',
  'concat',
  'join',
  'stringify',
  'parse',
  'assign',
  'freeze',
]);
/** Of those, what cannot give a BigInt back. */
const TEXT = new Set([
  'String',
  'toString',
  'join',
  'stringify',
  'parse',
  'Number',
  'parseInt',
  'parseFloat',
]);

/** Functions that give what their callbacks give. */
const MAPPING = new Set(['map', 'flatMap', 'from', 'reduce', 'then']);

const AMOUNT = /amount|price|cents|total|quantity/i;

/** The origins of an expression's member: `path` is empty for all of it. */
export function originsOf(
  program: Program,
  node: Node,
  path: readonly string[] = [],
  mode: Mode = 'influence',
): Origin[] {
  return new Tracing(program, mode).of(node, path);
}

/** A step's source is short; this bounds what a hostile one costs. */
const MAX_WORK = 20_000;

class Tracing {
  readonly #program: Program;
  readonly #mode: Mode;
  readonly #open = new Set<string>();
  #work = 0;

  constructor(program: Program, mode: Mode) {
    this.#program = program;
    this.#mode = mode;
  }

  of(node: Node, path: readonly string[]): Origin[] {
    const visit = `${node.start}:${node.end}:${path.join('.')}`;
    if (this.#open.has(visit)) return [];
    if (++this.#work > MAX_WORK || this.#open.size > 200) return [unknown(node)];
    this.#open.add(visit);
    const origins = this.#read(node, path);
    this.#open.delete(visit);
    return origins;
  }

  #read(node: Node, path: readonly string[]): Origin[] {
    const what = this.#mode === 'influence' ? unstableNode(this.#program, node) : null;
    if (what && !this.#isInput(node) && !this.#isLocal(node))
      return [{ kind: 'unstable', what, line: lineOf(node) }];
    // A member of a text or number, such as its length, is none of what it says.
    if (path.length > 0 && /Literal$|^BinaryExpression$/.test(node.type)) return [];
    switch (node.type) {
      case 'StringLiteral':
        return [{ kind: 'literal', text: node.value, line: lineOf(node) }];
      case 'NumericLiteral':
        return [{ kind: 'literal', text: String(node.value), line: lineOf(node) }];
      case 'BigIntLiteral':
        return [{ kind: 'bigint', line: lineOf(node) }];
      case 'TemplateLiteral': {
        const texts = node.quasis.map(({ value }) => value.cooked ?? value.raw).filter((text) => text !== '');
        const literals = texts.map((text) => ({ kind: 'literal' as const, text, line: lineOf(node) }));
        const inner = node.expressions.flatMap((expression) => this.of(expression, []));
        return [...literals, ...inner.filter(({ kind }) => kind !== 'bigint')];
      }
      case 'Identifier':
        return this.#identifier(node, path);
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return this.#member(node, path);
      case 'ObjectExpression':
        return this.#object(node, path);
      case 'ArrayExpression': {
        const at =
          path[0] !== undefined && /^\d+$/.test(path[0]) ? node.elements[Number(path[0])] : undefined;
        if (at) return this.of(at, path.slice(1));
        return this.#all(node.elements, []);
      }
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression':
        return this.#all([node.left, node.right], path);
      case 'ConditionalExpression':
        return this.#all([node.consequent, node.alternate], path);
      case 'SequenceExpression':
        return this.#all(node.expressions.slice(-1), path);
      case 'AssignmentExpression':
        return this.of(node.right, path);
      case 'AwaitExpression':
      case 'UnaryExpression':
      case 'SpreadElement':
        return node.type === 'UnaryExpression' && node.operator !== '-' && node.operator !== '+'
          ? []
          : this.of(node.argument as Node, path);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'ParenthesizedExpression':
        return this.of(node.expression, path);
      case 'TaggedTemplateExpression':
        return this.of(node.quasi, []);
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return this.#call(node as CallExpression, path);
      default:
        return [];
    }
  }

  #all(nodes: readonly (Node | null)[], path: readonly string[]): Origin[] {
    return nodes.flatMap((node) => (node ? this.of(node, path) : []));
  }

  #binary(node: Extract<Node, { type: 'BinaryExpression' }>): Origin[] {
    if (/^([=!<>]|in)/.test(node.operator)) return [];
    const origins = this.#all([node.left, node.right], []);
    const isHundred = (side: Node): boolean => {
      if (side.type === 'NumericLiteral') return side.value === 100;
      const [only, ...others] = side.type === 'Identifier' ? this.of(side, []) : [];
      return only?.kind === 'literal' && only.text === '100' && others.length === 0;
    };
    const hundred = isHundred(node.left) || isHundred(node.right);
    if (node.operator === '*' && hundred) origins.push({ kind: 'times100', line: lineOf(node) });
    return origins;
  }

  #identifier(node: Extract<Node, { type: 'Identifier' }>, path: readonly string[]): Origin[] {
    const bound = this.#program.bindings.get(node.name);
    if (!bound) {
      if (node.name === 'inputs') return [input(node, path)];
      return node.name === 'undefined' ? [] : [unknown(node)];
    }
    return bound.flatMap((binding) => this.#binding(node, binding, path));
  }

  #binding(node: Node, binding: Binding, path: readonly string[]): Origin[] {
    if (binding.kind === 'function') return [];
    if (binding.kind === 'import') return [unknown(node)];
    if (binding.kind === 'value') {
      const { at } = binding;
      const set = at.every((name, depth) => path[depth] === undefined || path[depth] === name);
      return set ? this.of(binding.node, [...binding.path, ...path.slice(at.length)]) : [];
    }
    const full = [...binding.path, ...path];
    if (binding.of === this.#program.entry)
      return binding.index === 0 ? [input(node, full)] : [unknown(node)];
    const given = callsTo(this.#program, binding.of).flatMap((call) => {
      const argument = call.arguments[binding.index];
      return argument ? this.of(argument, full) : [];
    });
    return given.length > 0 ? given : [unknown(node)];
  }

  #member(
    node: Extract<Node, { type: 'MemberExpression' | 'OptionalMemberExpression' }>,
    path: readonly string[],
  ): Origin[] {
    const name = node.computed && node.property.type === 'Identifier' ? '' : nameOfKey(node.property);
    if (nameOfKey(node.object) === 'process' && name === 'env') {
      return [{ kind: 'environment', name: path[0] ?? '', line: lineOf(node) }];
    }
    if (name === '') return this.of(node.object, []);
    return marked(name, this.of(node.object, [name, ...path]));
  }

  #object(node: ObjectExpression, path: readonly string[]): Origin[] {
    const [wanted, ...rest] = path;
    return node.properties.flatMap((property) => {
      if (property.type === 'SpreadElement') return this.of(property.argument, path);
      if (property.type === 'ObjectMethod') return [];
      const name = property.computed && property.key.type === 'Identifier' ? '' : nameOfKey(property.key);
      if (wanted === undefined) return marked(name, this.of(property.value, []));
      return name === '' || name.toLowerCase() === wanted.toLowerCase() ? this.of(property.value, rest) : [];
    });
  }

  #call(node: CallExpression | NewExpression, path: readonly string[]): Origin[] {
    const made = billonceCall(this.#program, node);
    if (made) {
      if (this.#mode === 'carry') return made.secret ? this.of(made.secret.node, made.secret.path) : [];
      const from = made.event.flatMap((part) => this.of(part.node, part.path));
      return [...from.filter(({ kind }) => kind !== 'unknown'), { kind: 'billonce', line: lineOf(node) }];
    }
    const { callee } = node;
    const name = callee.type === 'MemberExpression' ? nameOfKey(callee.property) : nameOfKey(callee as Node);
    if (name === 'BigInt') return [{ kind: 'bigint', line: lineOf(node) }];
    const functions = calledFunctions(this.#program, node);
    if (functions.length > 0) {
      return functions.flatMap((made) => this.#all(this.#program.returns.get(made) ?? [], path));
    }
    const object = callee.type === 'MemberExpression' ? [callee.object] : [];
    // URLSearchParams and the like keep the names of what they are given.
    const inner = node.type === 'NewExpression' || name === 'assign' ? path : [];
    const given = (node.arguments as Node[]).filter((argument) => !isFunction(argument));
    const mapped = MAPPING.has(name) ? this.#mapped(node) : [];
    if (this.#mode === 'carry') {
      if (!PASSING.has(name)) return mapped;
      const carried = this.#all([...object, ...given], inner);
      return TEXT.has(name) ? carried.filter(({ kind }) => kind !== 'bigint') : carried;
    }
    const origins = [...this.#all(object, []), ...this.#all(given, inner), ...mapped];
    const opaque = origins.every(({ kind }) => kind === 'unknown');
    return opaque ? [unknown(node)] : origins;
  }

  /** What the functions give that are called for each item; what they are given is the list's, which is looked at by itself. */
  #mapped(node: CallExpression | NewExpression): Origin[] {
    return (node.arguments as Node[]).flatMap((argument): Origin[] => {
      if (argument.type === 'Identifier' && argument.name === 'BigInt')
        return [{ kind: 'bigint', line: lineOf(node) }];
      if (!isFunction(argument)) return [];
      return this.#all(this.#program.returns.get(argument) ?? [], []).filter(
        ({ kind }) => kind !== 'unknown',
      );
    });
  }

  /** A function of the source's own may be called anything. */
  #isLocal(node: Node): boolean {
    return node.type === 'CallExpression' && calledFunctions(this.#program, node).length > 0;
  }

  /** `inputs.run_id` is what the flow gives to the step: the flow says what that is. */
  #isInput(node: Node): boolean {
    if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return false;
    let root: Node = node;
    while (root.type === 'MemberExpression' || root.type === 'OptionalMemberExpression') root = root.object;
    // The published pattern's context is none of the inputs.
    return this.of(root, []).some((it) => it.kind === 'input' && it.path[0] !== 'context');
  }
}

const unknown = (node: Node): Origin => ({ kind: 'unknown', line: lineOf(node) });

/** The published pattern's `run({ inputs })` and `code(inputs)` name the same. */
function input(node: Node, path: readonly string[]): Origin {
  const bare = path[0] === 'inputs' ? path.slice(1) : [...path];
  return {
    kind: 'input',
    path: bare,
    line: lineOf(node),
    ...(AMOUNT.test(bare.at(-1) ?? '') ? { amount: true } : {}),
  };
}

/** What goes by an amount's name does not tell two charges apart. */
const marked = (name: string, origins: Origin[]): Origin[] =>
  AMOUNT.test(name) ? origins.map((origin) => ({ ...origin, amount: true })) : origins;
