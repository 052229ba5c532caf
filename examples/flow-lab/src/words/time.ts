// Moments and spans of the simulated clock.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const units: [number, string][] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
];

/** The two largest units: `"2 min 4 s"`, `"1 d 1 h"`, `"340 ms"`. */
export function span(ms: number): string {
  const at = units.findIndex(([size]) => ms >= size);
  if (at < 0) return `${ms} ms`;
  if (at === 3) return ms < 10 * SECOND ? `${Math.floor(ms / 100) / 10} s` : `${Math.floor(ms / SECOND)} s`;
  const [size, unit] = units[at] ?? [DAY, 'd'];
  const [next, nextUnit] = units[at + 1] ?? [SECOND, 's'];
  const rest = Math.floor((ms % size) / next);
  return `${Math.floor(ms / size)} ${unit}${rest > 0 ? ` ${rest} ${nextUnit}` : ''}`;
}

/** A moment since the first delivery, of one width: `"00:20:00.040"`, `"1 d 01:00:00.000"`. */
export function moment(ms: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  const [days, rest] = [Math.floor(ms / DAY), ms % DAY];
  const parts = [
    Math.floor(rest / HOUR),
    Math.floor((rest % HOUR) / MINUTE),
    Math.floor((rest % MINUTE) / SECOND),
  ];
  return `${days > 0 ? `${days} d ` : ''}${parts.map(two).join(':')}.${String(rest % SECOND).padStart(3, '0')}`;
}
