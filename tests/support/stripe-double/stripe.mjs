import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { errorAnswer, jsonAnswer, withHeaders } from './answers.mjs';
import { canonical } from './form.mjs';
import { checkParams } from './params.mjs';

/** @typedef {import('./types.mjs').Answer} Answer */
/** @typedef {import('./world.mjs').World} World */
/** @typedef {import('./call.mjs').Call} Call */
/** @typedef {import('./routes.mjs').Route} Route */
/** @typedef {import('./types.mjs').Params} Params */

/**
 * One request's way through Stripe, faults included. Nothing is awaited between looking a key up and
 * claiming it.
 *
 * @param {Call} call
 * @param {World} world
 * @returns {Promise<Answer>}
 */
export async function answerCall(call, world) {
  const turned_away = world.faults.take('arrival', call.logged);
  if (turned_away) return turned_away.answer();
  try {
    const answered = await admitted(call, world);
    return world.faults.take('answer', call.logged)?.answer() ?? answered;
  } catch (error) {
    // A refusal: nothing was executed, and no key remembers it.
    return errorAnswer(error);
  }
}

/** @param {Call} call @param {World} world @returns {Promise<Answer>} what is saved for the key, or was */
async function admitted(call, world) {
  const { route, params } = call.check();
  const { account, idempotency_key: key, request_id } = call.logged;
  if (call.logged.method !== 'POST' || key === null) {
    const checked = checkParams(params, route.spec);
    return (await execute(call, world, route, checked)).answer;
  }
  const fingerprint = canonical([route.endpoint, call.id, params]);
  const claim = world.keys.claim(account, key, fingerprint, request_id);
  if (claim.replay) {
    call.logged.replayed = true;
    const { answer, request_id: original } = claim.replay;
    return withHeaders(answer, { 'Idempotent-Replayed': 'true', 'Original-Request': original });
  }
  try {
    const checked = checkParams(params, route.spec);
    const result = await execute(call, world, route, checked);
    if (!result.saved) {
      claim.release();
      return result.answer;
    }
    claim.save(result.answer);
    return withHeaders(result.answer, { 'Original-Request': request_id });
  } catch (error) {
    claim.release();
    throw error;
  }
}

/**
 * From here on every answer is a result, refusals by the endpoint itself included.
 *
 * @param {Call} call
 * @param {World} world
 * @param {Route} route
 * @param {Params} params
 * @returns {Promise<{ answer: Answer, saved: boolean }>}
 */
async function execute(call, world, route, params) {
  // At least one turn of the event loop, so that a window exists in which the key is claimed and nothing
  // has happened.
  if (call.logged.method === 'POST') await (world.latency_ms > 0 ? sleep(world.latency_ms) : nextTurn());
  await world.faults.take('hold', call.logged)?.hold();
  const instead = world.faults.take('execute', call.logged);
  if (!instead) return { answer: run(call, world, route, params), saved: true };
  if (instead.moved) run(call, world, route, params);
  return { answer: instead.answer(), saved: instead.saved };
}

/** @param {Call} call @param {World} world @param {Route} route @param {Params} params @returns {Answer} */
function run({ id, logged }, world, route, params) {
  const { account, idempotency_key } = logged;
  try {
    const made = route.run({
      params,
      id,
      books: world.books(account),
      now: Math.floor(world.clock.now() / 1000),
      moved: (charge, amount) => world.recordMove(charge, amount, idempotency_key, route.endpoint),
    });
    return finished(jsonAnswer(200, made), idempotency_key);
  } catch (error) {
    return finished(errorAnswer(error), idempotency_key);
  }
}

/**
 * Stripe says this of every result that a key keeps, success included: asking again changes nothing.
 *
 * @param {Answer} answer
 * @param {string | null} key
 */
function finished(answer, key) {
  return key === null ? answer : withHeaders(answer, { 'Stripe-Should-Retry': 'false' });
}
