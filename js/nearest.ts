// "Did you mean …?" for names that a program or a person wrote.

/** The known name that differs least from a misspelt one, if it is near enough to be meant. */
export function nearest(given: string, known: readonly string[]): string | null {
  if (given.length > 96) return null;
  let least = Math.max(2, Math.ceil(given.length / 3)) + 1;
  let found: string | null = null;
  for (const name of known) {
    const far = distance(given.toLowerCase(), name);
    if (far < least) [least, found] = [far, name];
  }
  // `slack` is slack_down.
  const holds = given.length > 2 ? known.filter((name) => name.includes(given.toLowerCase())) : [];
  return found ?? (holds.length === 1 ? (holds[0] as string) : null);
}

/** `" Did you mean dashboard_retry?"`, or nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  const name = nearest(given, known);
  return name === null ? '' : ` Did you mean ${name}?`;
}

/** Levenshtein's, where two letters that changed places are one mistake. */
function distance(one: string, other: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + same,
      );
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[other.length] as number;
}
