import { randomBytes } from 'node:crypto';
import { noSuch } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */

/** Every object of one Stripe account, newest last. */
export class Books {
  /** @type {Map<string, Map<string, Params>>} by the object's type, then by its id */
  #shelves = new Map();

  /**
   * @param {string} object Stripe's name of the type
   * @param {string} prefix
   * @param {number} created
   * @param {Params} fields
   * @returns {Params}
   */
  add(object, prefix, created, fields) {
    const id = newId(prefix);
    const made = { id, object, created, livemode: false, ...fields };
    this.#shelf(object).set(id, made);
    return made;
  }

  /** @param {string} object @param {string} id @param {string} param the parameter to blame */
  get(object, id, param) {
    const found = this.#shelf(object).get(id);
    if (!found) throw noSuch(object, id, param);
    return found;
  }

  /** @param {string} object */
  list(object) {
    return [...this.#shelf(object).values()];
  }

  /** @param {string} object */
  #shelf(object) {
    const shelf = this.#shelves.get(object) ?? new Map();
    this.#shelves.set(object, shelf);
    return shelf;
  }
}

/** Random rather than counted: an id that comes up twice must mean the same object. @param {string} prefix */
export function newId(prefix) {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}
