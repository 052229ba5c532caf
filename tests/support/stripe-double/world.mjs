import { Books } from './books.mjs';
import { Faults } from './faults.mjs';
import { KeyStore } from './idempotency.mjs';

/**
 * Everything that a reset forgets. A request keeps the world in which it arrived, so that one still in
 * flight during a reset cannot bill in the new world.
 */
export class World {
  faults = new Faults();
  /** @type {import('./types.mjs').LoggedRequest[]} */
  log = [];
  /** @type {import('./types.mjs').Charge[]} */
  moves = [];
  /** @type {Map<string, Books>} */
  #books = new Map();

  /** @param {() => number} now @param {number} latency_ms */
  constructor(now, latency_ms) {
    this.clock = makeClock(now);
    this.latency_ms = latency_ms;
    this.keys = new KeyStore(this.clock);
  }

  /** @param {string} account */
  books(account) {
    const books = this.#books.get(account) ?? new Books();
    this.#books.set(account, books);
    return books;
  }

  /** @param {string} type @returns {import('./types.mjs').Params[]} */
  objects(type) {
    return [...this.#books.values()].flatMap((books) => books.list(type));
  }

  /**
   * A copy, because what moved stays moved whatever becomes of the charge.
   *
   * @param {import('./types.mjs').Params} charge
   * @param {number} amount
   * @param {string | null} idempotency_key
   * @param {string} endpoint
   */
  recordMove({ id, currency, customer, description, metadata, created }, amount, idempotency_key, endpoint) {
    const copied = { ...metadata };
    this.moves.push({
      id,
      amount,
      currency,
      customer,
      description,
      metadata: copied,
      created,
      idempotency_key,
      endpoint,
    });
  }
}

/**
 * @param {() => number} now
 * @returns {import('./types.mjs').Clock} the host's time, plus what the tests added to it
 */
function makeClock(now) {
  let added = 0;
  return {
    now: () => now() + added,
    advance: (ms) => {
      added += ms;
    },
  };
}
