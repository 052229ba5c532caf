/** A text's moment in Unix milliseconds: what names no zone is UTC, as on a server. */
export function inUtc(text: string): number {
  const bare = String(text).trim();
  if (/^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(bare)) return Date.parse(`${bare}Z`);
  // Year, month or day alone are UTC by the standard; all else is read as the host likes, and mostly without a zone as local time.
  if (/^[+-]?\d{4,6}(-\d\d){0,2}$/.test(bare) || /(Z|GMT|UTC|[+-]\d{2}:?\d{2}|\b[ECMP][SD]T)\b/i.test(bare)) {
    return Date.parse(bare);
  }
  const utc = Date.parse(`${bare} UTC`);
  return Number.isNaN(utc) ? Date.parse(bare) : utc;
}
