/** A file as scripts/lib/pack.mjs packs it, with its length in bytes. */
declare module '#packed/*' {
  export const text: string;
  export const size: number;
}
