// The part of the WebAssembly JavaScript interface that is used here; TypeScript has it in lib.dom alone, and the
// shim must not lean on anything else of a browser's.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }
  class Instance {
    constructor(module: Module, imports?: object);
    readonly exports: object;
  }
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}

type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
