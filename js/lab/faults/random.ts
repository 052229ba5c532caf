// Chance that can be repeated. What is random within a world is Rust's; this decides which worlds there are.

/** Numbers that look random, the same for one seed and stream: splitmix32, whose steps mix every bit. */
export function randomOf(seed: number, stream: number): (below: number) => number {
  let state = (mix(seed) ^ mix(stream ^ 0x5bd1e995)) >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) % below;
  };
}

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
