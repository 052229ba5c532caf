// What the columns about repeated runs have in common: one charge was owed.

export const counted = (charges) => `${charges} charge${charges === 1 ? '' : 's'}`;

/** @param {...number} charges in each situation */
export function guardState(...charges) {
  if (charges.some((count) => count < 1)) throw new Error('a scenario ended without a charge');
  const once = charges.filter((count) => count === 1).length;
  if (once === charges.length) return 'yes';
  return once > 0 ? 'partial' : 'no';
}
