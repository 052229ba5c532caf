import { setTimeout as sleep } from 'node:timers/promises';
import { badGateway, errorAnswer, noAnswer, withHeaders } from './answers.mjs';
import { apiError, lockTimeout, rateLimited } from './errors.mjs';

/** @typedef {import('./types.mjs').Answer} Answer */
/** @typedef {import('./types.mjs').LoggedRequest} LoggedRequest */
/**
 * @typedef {'arrival' | 'hold' | 'execute' | 'answer'} Stage    where on a request's way the fault strikes
 */

/**
 * @typedef {object} FaultRule
 * @property {string} kind                              a name in KINDS
 * @property {(request: LoggedRequest) => boolean} [when]   which requests; every POST if left out
 * @property {number} [times]                           how many of them, 1 if left out
 * @property {boolean} [moved]                          saved_500: whether the money moved (default false)
 * @property {Record<string, string | null>} [headers]  on top of the fault's own answer; null takes one away
 * @property {number} [delay_ms]                        slow
 * @property {Promise<unknown>} [until]                 hang_until
 */

/**
 * @typedef {object} Kind
 * @property {Stage} stage
 * @property {keyof FaultRule} [needs]
 * @property {() => Answer} [answer]
 * @property {(rule: FaultRule) => Promise<unknown>} [hold]
 * @property {boolean} [saved]                          execute: whether a key keeps the answer
 */

/**
 * - arrival: Stripe is not reached, or turns the request away at its door. No key is claimed.
 * - hold: after the key is claimed, before anything executes: the window in which a second request gets 409.
 * - execute: Stripe answers this instead of the endpoint's own answer.
 * - answer: Stripe has executed (or replayed), and the answer does not make it back.
 *
 * @type {Record<string, Kind>}
 */
export const KINDS = {
  dropped_before: { stage: 'arrival', answer: noAnswer },
  gateway_502_before: { stage: 'arrival', answer: badGateway },
  rate_limit_429: { stage: 'arrival', answer: () => errorAnswer(rateLimited()) },
  slow: { stage: 'hold', needs: 'delay_ms', hold: (rule) => sleep(rule.delay_ms, undefined, { ref: false }) },
  hang_until: { stage: 'hold', needs: 'until', hold: (rule) => Promise.resolve(rule.until).catch(() => {}) },
  saved_500: { stage: 'execute', answer: unknownError, saved: true },
  lock_timeout_429: { stage: 'execute', answer: () => errorAnswer(lockTimeout()), saved: false },
  lost_answer: { stage: 'answer', answer: noAnswer },
  gateway_502: { stage: 'answer', answer: badGateway },
};

export class Faults {
  /** @type {{ rule: FaultRule, kind: Kind, left: number, strike: (request: LoggedRequest) => void }[]} */
  #live = [];

  /**
   * `reached` fulfils when the fault first strikes.
   *
   * @param {FaultRule} rule
   * @returns {{ reached: Promise<LoggedRequest>, cancel(): void }}
   */
  add(rule) {
    const kind = Object.hasOwn(KINDS, rule.kind) ? KINDS[rule.kind] : undefined;
    if (!kind) throw new TypeError(`no such fault: ${rule.kind}; there are ${Object.keys(KINDS).join(', ')}`);
    if (kind.needs && rule[kind.needs] === undefined) throw new TypeError(`${rule.kind} needs ${kind.needs}`);
    // If it rejects before anybody hangs on it, that is nobody's unhandled rejection.
    Promise.resolve(rule.until).catch(() => {});
    /** @type {(request: LoggedRequest) => void} */
    let strike = () => {};
    /** @type {Promise<LoggedRequest>} */
    const reached = new Promise((resolve) => {
      strike = resolve;
    });
    const live = { rule, kind, left: rule.times ?? 1, strike };
    this.#live.push(live);
    return {
      reached,
      cancel: () => {
        live.left = 0;
      },
    };
  }

  /**
   * The oldest rule that strikes at this stage is used up by one.
   *
   * @param {Stage} stage
   * @param {LoggedRequest} request
   */
  take(stage, request) {
    const fits = (/** @type {FaultRule} */ rule) =>
      rule.when ? rule.when(request) : request.method === 'POST';
    const live = this.#live.find((it) => it.kind.stage === stage && it.left > 0 && fits(it.rule));
    if (!live) return null;
    live.left -= 1;
    request.faults.push(live.rule.kind);
    live.strike(request);
    const { rule, kind } = live;
    return {
      answer: () => withHeaders(/** @type {NonNullable<Kind['answer']>} */ (kind.answer)(), rule.headers),
      hold: () => /** @type {NonNullable<Kind['hold']>} */ (kind.hold)(rule),
      saved: kind.saved ?? false,
      moved: rule.moved ?? false,
    };
  }
}

/** A saved 500 comes back for as long as the key lives, so Stripe advises against asking again. */
function unknownError() {
  const answer = errorAnswer(apiError());
  return withHeaders(answer, { 'Stripe-Should-Retry': 'false' });
}
