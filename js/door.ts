// The door to Rust: reads a value of unknown origin once, without trusting it, into a tree of plain arrays.
// It tells values apart and refuses none: that is for the rules.

/** Text, booleans, null and exact integers as themselves; all else as a list that begins with a tag of src/wire.rs. */
export type Tree = string | number | boolean | null | TaggedTree;
export interface TaggedTree extends ReadonlyArray<Tree> {
  readonly 0: number;
}

export const NUMBER = 4;
export const BIGINT = 5;
export const DATE = 7;
export const LIST = 8;
export const MAP = 9;
const UNDEFINED: Tree = [0];
const LONE_SURROGATE: Tree = [10];
const UNREADABLE: Tree = [11];
const TOO_LARGE: Tree = [12];
const INSTANCE: Tree = [13];
const FUNCTION: Tree = [14];
const SYMBOL: Tree = [15];

const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

const getTime = Date.prototype.getTime;

/** Reads a value. Getters and proxies are asked once for each member, and may throw. */
export function read(value: unknown): Tree {
  return readValue(value, 0, { left: MAX_VALUES });
}

/** A member of an object's tree. */
export function member(object: Tree, name: string): Tree | undefined {
  const at = indexOf(object, name);
  return at < 0 ? undefined : (object as TaggedTree)[at + 1];
}

/** `object` with `name` as `value`, in the place of what it had. */
export function withMember(object: Tree, name: string, value: Tree): Tree {
  if (!isMap(object)) return object;
  const tree = object.slice() as Tree[] & TaggedTree;
  const at = indexOf(tree, name);
  if (at < 0) tree.push(name, value);
  else tree[at + 1] = value;
  return tree;
}

/** `object` less one member. */
export function without(object: Tree, name: string): Tree {
  const at = indexOf(object, name);
  if (at < 0) return object;
  const members = object as TaggedTree;
  return [MAP, ...members.slice(1, at), ...members.slice(at + 2)];
}

function isMap(tree: Tree): tree is TaggedTree {
  return Array.isArray(tree) && tree[0] === MAP;
}

/** Where a member's name stands in a tree; its value stands behind it. */
function indexOf(object: Tree, name: string): number {
  if (isMap(object)) {
    for (let at = 1; at < object.length; at += 2) if (object[at] === name) return at;
  }
  return -1;
}

/** A member that is given: none that is `undefined`. */
export function given(object: Tree, name: string): Tree | undefined {
  const value = member(object, name);
  return value === UNDEFINED ? undefined : value;
}

/** An object's tree with the host's clock as `now`, where the caller gave no time. */
export function atPresent(object: Tree): Tree {
  return given(object, 'now') === undefined ? withMember(object, 'now', Date.now()) : object;
}

/** An object with no members. */
export const EMPTY: Tree = [MAP];

function readValue(value: unknown, depth: number, budget: { left: number }): Tree {
  if (--budget.left < 0) return TOO_LARGE;
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? value : LONE_SURROGATE;
    case 'number':
      return Number.isSafeInteger(value) ? value : [NUMBER, String(value)];
    case 'boolean':
      return value;
    case 'bigint':
      return [BIGINT, String(value)];
    case 'undefined':
      return UNDEFINED;
    case 'function':
      return FUNCTION;
    case 'symbol':
      return SYMBOL;
  }
  if (value === null) return null;
  if (depth === MAX_DEPTH) return TOO_LARGE;
  try {
    if (Array.isArray(value)) return readList(value, depth + 1, budget);
    if (isPlain(value as object)) return readMap(value as Record<string, unknown>, depth + 1, budget);
    return readInstance(value as object);
  } catch {
    return UNREADABLE;
  }
}

function readList(list: readonly unknown[], depth: number, budget: { left: number }): Tree {
  const length = list.length;
  if (length > budget.left) return TOO_LARGE;
  const tree: Tree[] & { 0: number } = [LIST];
  for (let at = 0; at < length; at++) tree.push(readMember(list, at, depth, budget));
  return tree;
}

function readMap(object: Record<string, unknown>, depth: number, budget: { left: number }): Tree {
  const tree: Tree[] & { 0: number } = [MAP];
  for (const name of Object.keys(object)) {
    if (!isWellFormed(name)) return LONE_SURROGATE;
    tree.push(name, readMember(object, name, depth, budget));
  }
  return tree;
}

function readMember(object: object, name: string | number, depth: number, budget: { left: number }): Tree {
  let member: unknown;
  try {
    member = (object as Record<string | number, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
  return readValue(member, depth, budget);
}

/** A Date's time is read by its own slot, since `instanceof` fails for one of another realm. */
function readInstance(object: object): Tree {
  try {
    return [DATE, String(Math.floor(getTime.call(object as Date) / 1000))];
  } catch {
    return INSTANCE;
  }
}

/** Made by a literal, by JSON.parse or by Object.create(null), in this realm or another. */
export function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** `String.prototype.isWellFormed`, which Node 20 has and older hosts lack. */
function isWellFormed(text: string): boolean {
  // With the flag `u` a whole pair is one character. `\p{Surrogate}` says the same, and costs every start 0.2 ms: a host looks the
  // property up when it loads the file.
  return text.isWellFormed ? text.isWellFormed() : !/[\uD800-\uDFFF]/u.test(text);
}
