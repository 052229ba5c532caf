// A host's globals, read before the package is: this module stands first in every program.

/** What a shim might be tempted to bring. Hosts make some of these at their first use, by a getter. */
const TEMPTING = /^(Text(De|En)coder|Buffer|atob|btoa|crypto|fetch|structuredClone|WebAssembly)$/;

/** The globals' names, and the values of those that are plain values or tempting; no other getter is run. */
export function globals() {
  const read = (name) => {
    const { value } = Object.getOwnPropertyDescriptor(globalThis, name);
    return [name, TEMPTING.test(name) ? globalThis[name] : value];
  };
  return new Map(Object.getOwnPropertyNames(globalThis).map(read));
}

export const before = globals();
