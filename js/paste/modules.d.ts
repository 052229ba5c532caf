/** The wasm of the rules as scripts/lib/pack.mjs packs it. */
declare module '#packed' {
  export const text: string;
  /** The wasm's length in bytes. */
  export const size: number;
}
