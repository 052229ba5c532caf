// Errors quote what steps say, and steps say anything: connections' secrets are taken out of what is told.

const RAW_KEY = /\b(sk|rk|vault)_[A-Za-z0-9_]{8,}/g;

/** Takes out every text of the connections that is long enough to be a secret. */
export function redactor(connections: unknown): (text: string) => string {
  const secrets = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= 8 && !/^https?:/.test(value)) secrets.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(connections);
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst
      .reduce((told, secret) => told.replaceAll(secret, '[secret]'), text)
      .replace(RAW_KEY, '[secret]')
      .replace(/\s+/g, ' ')
      .slice(0, 1_000);
}
