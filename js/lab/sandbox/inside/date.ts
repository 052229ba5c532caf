// Date by the world's clock, in UTC as Activepieces' server has it, whatever this machine's zone is.
import { inUtc } from '../utc.ts';

const Native = Date;
const LOCAL = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];

/** Once for the realm: what asks for local time gets UTC. */
export function useUtc(): void {
  const prototype = Native.prototype as unknown as Record<string, unknown>;
  const put = (name: string, value: unknown) =>
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  for (const part of LOCAL) {
    put(`get${part}`, prototype[`getUTC${part}`]);
    if (part !== 'Day') put(`set${part}`, prototype[`setUTC${part}`]);
  }
  put('getTimezoneOffset', () => 0);
  const text = (date: Date) => date.toUTCString().split(' ') as [string, string, string, string, string];
  const day = (date: Date) => {
    const [weekday, number, month, year] = text(date);
    return `${weekday.slice(0, 3)} ${month} ${number} ${year}`;
  };
  const time = (date: Date) => `${text(date)[4]} GMT+0000 (Coordinated Universal Time)`;
  const shown = (how: (date: Date) => string) =>
    function (this: Date) {
      return Number.isNaN(this.getTime()) ? 'Invalid Date' : how(this);
    };
  put(
    'toString',
    shown((date) => `${day(date)} ${time(date)}`),
  );
  put('toDateString', shown(day));
  put('toTimeString', shown(time));
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    const native = prototype[name] as (locales: unknown, options: object) => string;
    put(name, function (this: Date, locales: unknown, options?: object) {
      return native.call(this, locales ?? 'en-US', { timeZone: 'UTC', ...options });
    });
  }
  const Format = Intl.DateTimeFormat;
  function UtcFormat(locales?: string, options?: object) {
    return new Format(locales ?? 'en-US', { timeZone: 'UTC', ...options });
  }
  UtcFormat.prototype = Format.prototype;
  UtcFormat.supportedLocalesOf = Format.supportedLocalesOf;
  Object.defineProperty(Format.prototype, 'constructor', { value: UtcFormat });
  Object.defineProperty(Intl, 'DateTimeFormat', { value: UtcFormat, writable: true, configurable: true });
}

/** The class that a process sees. All share one prototype, so `instanceof` holds between them. */
export function dateBy(now: () => number): DateConstructor {
  function Clock(this: unknown, ...given: unknown[]) {
    if (!new.target) return new Native(now()).toString();
    const made = Reflect.construct(Native, [momentOf(given, now)], new.target);
    return made;
  }
  Clock.prototype = Native.prototype;
  Object.defineProperty(Clock, 'name', { value: 'Date' });
  return Object.assign(Clock, { now, parse: inUtc, UTC: Native.UTC }) as unknown as DateConstructor;
}

function momentOf(given: unknown[], now: () => number): number {
  if (given.length === 0) return now();
  if (given.length > 1) return Native.UTC(...(given as [number, number]));
  const [only] = given;
  if (only instanceof Native) return only.getTime();
  const plain =
    typeof only === 'object' && only !== null
      ? (only as { [Symbol.toPrimitive]?: unknown } & object).valueOf()
      : only;
  const value = typeof plain === 'object' && plain !== null ? String(plain) : plain;
  return typeof value === 'string' ? inUtc(value) : new Native(value as number).getTime();
}
