/**
 * Random numbers that a seed repeats (mulberry32). Without a seed given, each run has another; a test that fails says
 * which. `BILLONCE_SEED=… npx vitest run …` repeats it.
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return {
    seed,
    next,
    below,
    chance: (probability) => next() < probability,
    between: (least, most) => least + next() * (most - least),
    pick: (list) => list[below(list.length)],
  };
}

export const seedOfThisRun = Number(process.env.BILLONCE_SEED ?? Math.floor(Math.random() * 2 ** 32));
