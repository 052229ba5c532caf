// The rows of one vault key. Times are milliseconds of Unix time, days are days of it, amounts are US cents.

/** Each is run once for each object that starts; none changes what is there. */
export const VAULT_SCHEMA = [
  `CREATE TABLE IF NOT EXISTS vault (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL, policy TEXT NOT NULL,
    created_ms INTEGER NOT NULL, revoked_ms INTEGER
  )`,
  `CREATE TABLE IF NOT EXISTS days (
    day INTEGER PRIMARY KEY,
    spent INTEGER NOT NULL DEFAULT 0, reserved INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0
  )`,
  // What the ledger decides on, and what it takes to send a request again or to answer it again. due_ms is when an open key is
  // looked after next, or a settled one may be forgotten; null for never.
  `CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL, day INTEGER NOT NULL, sent_ms INTEGER NOT NULL, state TEXT NOT NULL, cents INTEGER NOT NULL,
    attempt INTEGER NOT NULL, endpoint TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 1, due_ms INTEGER,
    outgoing TEXT, status INTEGER, headers TEXT, body TEXT
  )`,
  'CREATE INDEX IF NOT EXISTS keys_due ON keys (due_ms) WHERE due_ms IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS objects (
    id TEXT PRIMARY KEY,
    amount INTEGER NOT NULL, currency TEXT NOT NULL, cents INTEGER NOT NULL, day INTEGER NOT NULL
  )`,
  'CREATE TABLE IF NOT EXISTS pins (event TEXT PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL)',
];

/** The audit: `calls` has a row for each call, `endings` what became of those that were forwarded. */
export const AUDIT_SCHEMA = [
  `CREATE TABLE IF NOT EXISTS calls (
    n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, endpoint TEXT, amount INTEGER, verdict TEXT NOT NULL, reason TEXT NOT NULL,
    key TEXT, status INTEGER, request_id TEXT, latency_ms INTEGER
  )`,
  `CREATE TABLE IF NOT EXISTS endings (
    n INTEGER PRIMARY KEY, status INTEGER NOT NULL, request_id TEXT, latency_ms INTEGER NOT NULL
  )`,
  // Append-only is a rule of the database itself.
  ...['calls', 'endings'].flatMap((table) =>
    ['UPDATE', 'DELETE'].map(
      (
        change,
      ) => `CREATE TRIGGER IF NOT EXISTS ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END`,
    ),
  ),
];
