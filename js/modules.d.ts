/** An optimised wasm, which the build inlines as base64. */
declare module '#keys' {
  const base64: string;
  export default base64;
}

declare module '#lab' {
  const base64: string;
  export default base64;
}

declare module '#rules' {
  const base64: string;
  export default base64;
}

/** The table of endpoints, likewise. */
declare module '#endpoints' {
  const base64: string;
  export default base64;
}

/** A wasm file as a module, which is how workerd gets it. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

/** js/lab/sandbox/inside/, bundled, as the text of a function that takes the host. */
declare module '#inside' {
  const text: string;
  export default text;
}

/** Stripe's POST endpoints by the names that the official package gives them: `{ "charges.create": "/v1/charges" }`. */
declare module '#operations' {
  const paths: Record<string, string>;
  export default paths;
}
