import { errorAnswer, jsonAnswer, withHeaders } from '../stripe-double/answers.mjs';
import { Books } from '../stripe-double/books.mjs';
import { createCharge } from '../stripe-double/charges.mjs';
import { apiError, lockTimeout, rateLimited } from '../stripe-double/errors.mjs';
import { canonical, parseForm } from '../stripe-double/form.mjs';
import { KeyStore } from '../stripe-double/idempotency.mjs';
import { checkParams } from '../stripe-double/params.mjs';
import { findRoute } from '../stripe-double/routes.mjs';

const { spec } = findRoute('POST', '/v1/charges').route;

/**
 * What an answer tells about its key, whoever reads it:
 * - `yes`: money moved; `no`: it did not, and under this key it will not
 * - `refused`: this request did nothing, whatever an earlier one did
 * - null: it cannot be told
 *
 * @typedef {'yes' | 'no' | 'refused' | null} Tells
 */

/** The double's charges and keys in virtual time, one request at a time in memory: no socket, no server. */
export class SimulatedStripe {
  #time;
  #random;
  #count;
  #keys;
  #books = new Books();
  /** Charges that moved money, by key. @type {Map<string, number>} */
  moved = new Map();

  /** @param count counts what happened, by name */
  constructor(time, random, count) {
    this.#time = time;
    this.#random = random;
    this.#count = count;
    this.#keys = new KeyStore(time);
  }

  /** @returns {Promise<{ status: number, headers: Record<string, string>, body: string, tells: Tells }>} */
  async answer(key, form) {
    if (this.#random.chance(0.04)) return this.#rateLimit();
    // In which order Stripe looks for locks and keys is not documented: so both.
    if (this.#random.chance(0.01)) return this.#refusal('lock_timeout', lockTimeout(), 'refused');
    const params = checkParams(parseForm(form), spec);
    let claim;
    try {
      claim = this.#keys.claim('acct', key, canonical(params), 'req');
    } catch (error) {
      // 409: the first request with this key is under way, and may or may not have charged by now.
      return this.#refusal(`refused_${error.status}`, error, error.status === 409 ? null : 'refused');
    }
    if (claim.replay) {
      this.#count('replayed');
      return withHeaders(claim.replay.answer, { 'Idempotent-Replayed': 'true' });
    }
    const slow = this.#random.chance(0.1) ? 200_000 : 2000;
    await this.#time.pass(this.#random.between(5, slow));
    if (this.#random.chance(0.02)) {
      claim.release();
      return this.#refusal('lock_timeout', lockTimeout(), 'refused');
    }
    const answer = this.#execute(key, params);
    await this.#time.pass(this.#random.between(5, slow));
    claim.save(answer);
    return answer;
  }

  #rateLimit() {
    const seconds = this.#random.pick([1, 2, 5, 30, 300]);
    const at = (ms) => new Date(ms).toUTCString();
    const now = this.#time.now();
    const headers = this.#random.pick([
      {},
      { 'Retry-After': String(seconds) },
      { 'Retry-After': at(now + seconds * 1000), Date: at(now) },
    ]);
    return withHeaders(this.#refusal('rate_limited', rateLimited(), 'refused'), headers);
  }

  #execute(key, params) {
    const moved = () => this.moved.set(key, (this.moved.get(key) ?? 0) + 1);
    const charge = () =>
      createCharge({ params, id: '', books: this.#books, now: Math.floor(this.#time.now() / 1000), moved });
    const broken = this.#random.chance(0.02);
    if (broken && this.#random.chance(0.5)) return this.#broken('saved_500_before');
    try {
      const answer = jsonAnswer(200, charge());
      return broken ? this.#broken('saved_500_after') : this.#final({ ...answer, tells: 'yes' });
    } catch (error) {
      return this.#final(this.#refusal('declined', error, 'no'));
    }
  }

  /** What a key keeps. */
  #final = (answer) => withHeaders(answer, { 'Stripe-Should-Retry': 'false' });

  #broken(name) {
    return this.#final(this.#refusal(name, apiError(), null));
  }

  #refusal(name, error, tells) {
    this.#count(name);
    return { ...errorAnswer(error), tells };
  }
}
