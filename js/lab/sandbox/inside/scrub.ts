// Takes from the realm all that is not the language itself, before any step runs: what a browser's worker can reach, and what makes code of
// texts, by which `import()` would come in. The readers of UTF-8 reach nothing, and stay: the simulated world's answers are read with them.

const KEPT = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error AggregateError
  EvalError RangeError ReferenceError SyntaxError TypeError URIError JSON Math Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array
  Uint32Array Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator
  WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN globalThis
  WebAssembly TextDecoder TextEncoder`.split(/\s+/),
);

export function scrub(realm: Record<string, unknown>): void {
  // The thread has done it already, where it is the realm itself.
  if (Object.getOwnPropertyDescriptor(realm, 'eval')?.configurable === false) return;
  const refuse = function refuse(): never {
    throw new EvalError('code from texts is not available in the lab');
  };
  for (const type of [
    Function,
    (async () => {}).constructor,
    function* () {}.constructor,
    async function* () {}.constructor,
  ]) {
    Object.defineProperty(type.prototype, 'constructor', { value: refuse });
  }
  refuse.prototype = Function.prototype;
  fix(realm, 'Function', refuse);
  fix(realm, 'eval', refuse);
  // Node asks these two when an error's stack is read, and would show it what it has of functions.
  fix(Error as unknown as Record<string, unknown>, 'prepareStackTrace', undefined);
  fix(realm, 'Error', Error);
  for (let at: object | null = realm; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) {
      if (typeof name === 'string' && KEPT.has(name)) continue;
      if (name === 'constructor' && at !== realm) continue;
      if (!Reflect.deleteProperty(at, name)) {
        Reflect.defineProperty(at, name, { value: undefined });
      }
    }
  }
}

function fix(on: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(on, name, { value, writable: false, configurable: false });
}
