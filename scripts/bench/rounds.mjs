/** The median of some numbers. */
export const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/**
 * Nanoseconds a call of each candidate, the median of `rounds`. The candidates take turns within a round, so that a
 * slow moment of the machine meets all of them.
 */
export async function sideBySide(candidates, { rounds = 11, calls }) {
  const times = new Map(candidates.map(([name]) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, work] of candidates) {
      const started = performance.now();
      await work(calls);
      const each = ((performance.now() - started) * 1e6) / calls;
      // Two rounds to warm up, so that every candidate is measured compiled.
      if (round >= 0) times.get(name).push(each);
    }
  }
  return new Map([...times].map(([name, each]) => [name, median(each)]));
}

/** Table rows: each candidate's time, and how many times as fast as the first it is. */
export function ratios(times) {
  const [[, first]] = times;
  return [...times].map(([name, time]) => [
    name,
    Math.round(time).toLocaleString('en'),
    `${(first / time).toFixed(2)} ×`,
  ]);
}
