// What names in a Code step's source are bound to. Scopes are not told apart: two variables of one name are taken for one.
import type { CallExpression, NewExpression, Node } from '@babel/types';
import { everyNode, isFunction, type Visit } from './parse.ts';

/** A value that a name has had: that of an expression, or a member of it, or a member that was set later. */
export type Binding =
  | { kind: 'value'; node: Node; path: string[]; at: string[] }
  | { kind: 'parameter'; of: Node; index: number; path: string[] }
  | { kind: 'function'; node: Node }
  | { kind: 'import'; from: string; name: string };

export interface Program {
  visits: Visit[];
  bindings: Map<string, Binding[]>;
  /** The function that Activepieces calls; null where the source is a snippet without one. */
  entry: Node | null;
  /** By the function's name. */
  calls: Map<string, CallExpression[]>;
  /** What each function gives back; the entry's are the step's output. */
  returns: Map<Node | null, Node[]>;
  /** Functions that are members of an object or a class of the source, by the member's name; and calls of members. */
  methods: Map<string, Node[]>;
  methodCalls: Map<string, CallExpression[]>;
  classes: Set<string>;
  /** What members of `this` are set to, by name. */
  thisMembers: Map<string, Node[]>;
  /** The variables of the module itself. */
  moduleNames: Set<string>;
  /** The names by which functions are called, plainly and as members. */
  functionNames: Map<Node, { names: string[]; members: string[] }>;
}

export function namesOf(root: Node): Program {
  const visits = everyNode(root);
  const program: Program = {
    visits,
    bindings: new Map(),
    entry: null,
    calls: new Map(),
    returns: new Map(),
    methods: new Map(),
    methodCalls: new Map(),
    classes: new Set(),
    thisMembers: new Map(),
    moduleNames: new Set(),
    functionNames: new Map(),
  };
  for (const visit of visits) note(visit, program);
  program.entry = entryOf(visits, program);
  nameFunctions(program);
  return program;
}

function note({ node, within }: Visit, program: Program): void {
  const { bindings, calls, returns } = program;
  if (isFunction(node)) {
    const { params, body } = node as Extract<Node, { type: 'ArrowFunctionExpression' }>;
    for (const [index, param] of params.entries()) {
      eachName(param, [], (name, path) => add(bindings, name, { kind: 'parameter', of: node, index, path }));
    }
    if (node.type === 'FunctionDeclaration' && node.id)
      add(bindings, node.id.name, { kind: 'function', node });
    if (body.type !== 'BlockStatement') add(returns, node, body);
  }
  if (node.type === 'ReturnStatement' && node.argument) add(returns, within, node.argument);
  if (node.type === 'VariableDeclarator' && node.init) bind(node.id, node.init, bindings);
  if (node.type === 'AssignmentExpression') assign(node.left, assigned(node), bindings);
  noteMember({ node, within }, program);
  if (node.type === 'ForOfStatement' && node.left.type === 'VariableDeclaration') {
    for (const { id } of node.left.declarations) bind(id, node.right, bindings);
  }
  if (node.type === 'ImportDeclaration') {
    for (const specifier of node.specifiers) {
      const name = specifier.type === 'ImportSpecifier' ? nameOfKey(specifier.imported) : 'default';
      add(bindings, specifier.local.name, { kind: 'import', from: node.source.value, name });
    }
  }
  if (node.type === 'CallExpression') {
    if (node.callee.type === 'Identifier') add(calls, node.callee.name, node);
    if (node.callee.type === 'MemberExpression')
      add(program.methodCalls, nameOfKey(node.callee.property), node);
    noteGrowth(node, bindings);
  }
}

/** `n *= 100` is `n = n * 100`. */
const assigned = (node: Extract<Node, { type: 'AssignmentExpression' }>): Node =>
  /^[-+*/%]=$/.test(node.operator)
    ? ({ ...node, type: 'BinaryExpression', operator: node.operator.slice(0, -1) } as never)
    : node.right;

function noteMember({ node, within }: Visit, { methods, classes, thisMembers, moduleNames }: Program): void {
  if (within === null && node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
    moduleNames.add(node.id.name);
  if (node.type === 'ClassProperty' && node.value) add(thisMembers, nameOfKey(node.key), node.value);
  if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
    const { object, property } = node.left;
    if (object.type === 'ThisExpression') add(thisMembers, nameOfKey(property), node.right);
  }
  if (node.type === 'ClassDeclaration' && node.id) classes.add(node.id.name);
  if (node.type === 'ObjectMethod' || node.type === 'ClassMethod') add(methods, nameOfKey(node.key), node);
  if (node.type !== 'ObjectProperty' && node.type !== 'ClassProperty') return;
  if (node.value && isFunction(node.value)) add(methods, nameOfKey(node.key), node.value);
}

/** The functions of the source itself that a call may run. */
export function calledFunctions(program: Program, { callee }: CallExpression | NewExpression): Node[] {
  if (isFunction(callee as Node)) return [callee as Node];
  if (callee.type === 'Identifier')
    return (program.bindings.get(callee.name) ?? []).flatMap((it) =>
      it.kind === 'function' ? [it.node] : [],
    );
  if (callee.type !== 'MemberExpression' || !isOwn(program, callee.object)) return [];
  return program.methods.get(nameOfKey(callee.property)) ?? [];
}

/** Whether members of it are the source's own. */
function isOwn({ bindings, classes }: Program, node: Node): boolean {
  const made = (value: Node): boolean =>
    value.type === 'ObjectExpression' ||
    value.type === 'ClassExpression' ||
    (value.type === 'NewExpression' && value.callee.type === 'Identifier' && classes.has(value.callee.name));
  if (node.type === 'ThisExpression' || made(node)) return true;
  if (node.type !== 'Identifier') return false;
  const bound = bindings.get(node.name) ?? [];
  return classes.has(node.name) || bound.some((it) => it.kind === 'value' && made(it.node));
}

function nameFunctions({ bindings, methods, functionNames }: Program): void {
  const namesFor = (made: Node) => {
    const known = functionNames.get(made) ?? { names: [], members: [] };
    functionNames.set(made, known);
    return known;
  };
  for (const [name, bound] of bindings)
    for (const it of bound) if (it.kind === 'function') namesFor(it.node).names.push(name);
  for (const [name, nodes] of methods) for (const node of nodes) namesFor(node).members.push(name);
}

/** Where the source itself calls a function. */
export function callsTo({ functionNames, calls, methodCalls }: Program, made: Node): CallExpression[] {
  const { names = [], members = [] } = functionNames.get(made) ?? {};
  return [
    ...names.flatMap((name) => calls.get(name) ?? []),
    ...members.flatMap((name) => methodCalls.get(name) ?? []),
  ];
}

/** `Math.random`, `uuid.v4`: what a name stands for, also where it was imported, taken apart or named anew. Null for what the source made. */
export function dottedName(program: Program, node: Node, depth = 0): string | null {
  if (depth > 10) return null;
  if (node.type === 'Identifier') {
    const [bound] = program.bindings.get(node.name) ?? [];
    if (!bound) return node.name;
    if (bound.kind === 'import')
      return [packageName(bound.from), ...(/^(default|\*)$/.test(bound.name) ? [] : [bound.name])].join('.');
    if (bound.kind !== 'value' || bound.at.length > 0) return null;
    const base = dottedName(program, bound.node, depth + 1);
    return base === null ? null : [base, ...bound.path].join('.');
  }
  if (node.type === 'MemberExpression') {
    const base = dottedName(program, node.object, depth + 1);
    return base === null ? null : `${base}.${nameOfKey(node.property)}`;
  }
  if (node.type === 'AwaitExpression') return dottedName(program, node.argument, depth + 1);
  if (node.type !== 'CallExpression') return null;
  const [argument] = node.arguments;
  const required = nameOfKey(node.callee) === 'require' || node.callee.type === 'Import';
  return required && argument?.type === 'StringLiteral' ? packageName(argument.value) : null;
}

const packageName = (name: string): string => name.replace(/^node:/, '');

/** `hash.update(x)`, `parts.push(x)`: what goes in comes out of the variable later. */
function noteGrowth({ callee, arguments: given }: CallExpression, bindings: Program['bindings']): void {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return;
  if (!['update', 'push', 'unshift', 'append', 'set', 'add'].includes(nameOfKey(callee.property))) return;
  for (const node of given) add(bindings, callee.object.name, { kind: 'value', node, path: [], at: [] });
}

function bind(pattern: Node, node: Node, bindings: Program['bindings']): void {
  if (pattern.type === 'Identifier' && isFunction(node)) {
    add(bindings, pattern.name, { kind: 'function', node });
    return;
  }
  eachName(pattern, [], (name, path) => add(bindings, name, { kind: 'value', node, path, at: [] }));
}

function assign(left: Node, right: Node, bindings: Program['bindings']): void {
  const at: string[] = [];
  let target = left;
  while (target.type === 'MemberExpression') {
    at.unshift(nameOfKey(target.property));
    target = target.object;
  }
  if (target.type === 'Identifier' && at.length > 0) {
    add(bindings, target.name, { kind: 'value', node: right, path: [], at });
  } else {
    bind(left, right, bindings);
  }
}

function eachName(pattern: Node, path: string[], found: (name: string, path: string[]) => void): void {
  if (pattern.type === 'Identifier') found(pattern.name, path);
  if (pattern.type === 'AssignmentPattern') eachName(pattern.left, path, found);
  if (pattern.type === 'RestElement') eachName(pattern.argument, path, found);
  if (pattern.type === 'ArrayPattern') {
    for (const [at, element] of pattern.elements.entries()) {
      if (element) eachName(element, [...path, String(at)], found);
    }
  }
  if (pattern.type !== 'ObjectPattern') return;
  for (const property of pattern.properties) {
    if (property.type === 'RestElement') eachName(property.argument, path, found);
    else eachName(property.value, [...path, nameOfKey(property.key)], found);
  }
}

/** `export const code = …`, `run` in the published pattern, or `exports.code = …`. */
function entryOf(visits: readonly Visit[], { bindings }: Program): Node | null {
  for (const name of ['code', 'run']) {
    const bound = bindings.get(name)?.find(({ kind }) => kind === 'function');
    if (bound?.kind === 'function') return bound.node;
  }
  for (const { node } of visits) {
    if (node.type !== 'ExportSpecifier' || !['code', 'run'].includes(nameOfKey(node.exported))) continue;
    const bound = bindings.get(node.local.name)?.find(({ kind }) => kind === 'function');
    if (bound?.kind === 'function') return bound.node;
  }
  for (const { node } of visits) {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') continue;
    if (['code', 'run'].includes(nameOfKey(node.left.property)) && isFunction(node.right)) return node.right;
  }
  return null;
}

/** The name that a key or member has in the text; empty where it is computed. */
export function nameOfKey(key: Node): string {
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'StringLiteral') return key.value;
  if (key.type === 'NumericLiteral') return String(key.value);
  return '';
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
