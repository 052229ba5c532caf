// A loop over thousands of items makes tens of thousands of events: so many are shown at once, around the moment that is looked at.

export interface Part {
  /** The first that is shown. */
  from: number;
  /** Behind the last that is shown. */
  to: number;
}

const MOST = 300;
/** It moves on by so many at a time, so that what is shown stands still while somebody steps through it. */
const STRIDE = 100;

/** @param at The moment that is looked at; null from the beginning. */
export function partOf(count: number, at: number | null): Part {
  if (count <= MOST) return { from: 0, to: count };
  const ahead = Math.floor(((at ?? 0) - STRIDE) / STRIDE) * STRIDE;
  const from = Math.min(Math.max(0, ahead), count - MOST);
  return { from, to: from + MOST };
}
