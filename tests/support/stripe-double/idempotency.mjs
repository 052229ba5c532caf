import { keyInUse, keyReused } from './errors.mjs';

/** @typedef {import('./types.mjs').Answer} Answer */
/** @typedef {{ fingerprint: string, claimed_at: number, request_id: string, answer: Answer | null }} Entry */

export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** What Stripe remembers of each key: first whose it is, later what the answer was. */
export class KeyStore {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  #clock;

  /** @param {{ now(): number }} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * Synchronous from the look to the claim: of two requests that arrive at once, one must find the other's
   * claim. The fingerprint holds the endpoint, because a key is not scoped to its endpoint. A wrong
   * fingerprint is told before a conflict: it stays wrong however long the caller waits.
   *
   * @param {string} account
   * @param {string} key
   * @param {string} fingerprint
   * @param {string} request_id
   */
  claim(account, key, fingerprint, request_id) {
    const name = JSON.stringify([account, key]);
    const known = this.#entries.get(name);
    if (known && !this.#forgotten(known)) {
      if (known.fingerprint !== fingerprint) throw keyReused(key);
      if (!known.answer) throw keyInUse(key);
      return { replay: { answer: known.answer, request_id: known.request_id } };
    }
    /** @type {Entry} */
    const entry = { fingerprint, claimed_at: this.#clock.now(), request_id, answer: null };
    this.#entries.set(name, entry);
    return {
      /** @param {Answer} answer */
      save: (answer) => {
        entry.answer = answer;
      },
      release: () => {
        this.#entries.delete(name);
      },
    };
  }

  /** Only a finished request can be forgotten. @param {Entry} entry */
  #forgotten(entry) {
    return entry.answer !== null && this.#clock.now() - entry.claimed_at >= KEY_LIFETIME_MS;
  }
}
