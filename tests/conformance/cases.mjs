// What billonce answers, on every host. Nothing here needs more than ECMAScript: no host's API, no console, no timer.
// Expected values are written down by hand; none is made by the program under test.
import { globals } from './before.mjs';
import { admissions } from './cases/admissions.mjs';
import { calls } from './cases/calls.mjs';
import { charges } from './cases/charges.mjs';
import { decisions } from './cases/decisions.mjs';
import { forms } from './cases/forms.mjs';
import { keys } from './cases/keys.mjs';
import { money } from './cases/money.mjs';
import { outcomes } from './cases/outcomes.mjs';
import { refusals } from './cases/refusals.mjs';
import { requests } from './cases/requests.mjs';
import { sends } from './cases/sends.mjs';

const GROUPS = {
  keys,
  money,
  forms,
  requests,
  decisions,
  charges,
  calls,
  admissions,
  outcomes,
  sends,
  refusals,
};

/**
 * Runs every case.
 *
 * @param billonce The package's exports.
 * @param {{ keys: { name, event, key }[], forms: { name, params, body }[] }} vectors
 * @param {Map<string, unknown>} before The host's globals before the package was loaded.
 * @returns {Promise<{ passed: number, failures: { name: string, expected: unknown, actual: unknown }[], digest: string }>}
 * `digest` is over all that was answered, right or wrong: hosts that agree have the same.
 */
export async function runCases(billonce, vectors, before) {
  const failures = [];
  let passed = 0;
  let seen = '';
  const untouched = (_, check) => check('are as they were', () => changesOf(before), []);
  for (const [group, cases] of Object.entries({ ...GROUPS, globals: untouched })) {
    const collected = [];
    cases(billonce, (...one) => collected.push(one), vectors);
    for (const [title, act, expected] of collected) {
      const name = `${group}: ${title}`;
      const actual = await answerOf(billonce, act);
      seen += `${name}=${JSON.stringify(actual)}\n`;
      if (sorted(actual) === sorted(expected)) passed++;
      else failures.push({ name, expected, actual });
    }
  }
  return { passed, failures, digest: digestOf(seen) };
}

/** The names of the globals that were added, removed or replaced. */
function changesOf(before) {
  const after = globals();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const differs = (name) => {
    // A host may put a value in the place of its own getter, once that was asked.
    const replaced = before.get(name) !== undefined && !Object.is(before.get(name), after.get(name));
    return before.has(name) !== after.has(name) || replaced;
  };
  return names.filter(differs);
}

/** What a case answers with, as the JSON that leaves a step would carry it. */
async function answerOf({ BillonceError }, act) {
  try {
    return JSON.parse(JSON.stringify(await act()));
  } catch (error) {
    if (!(error instanceof BillonceError && error instanceof Error && error.name === 'BillonceError')) {
      return { not_a_refusal: String(error) };
    }
    const { code, field, message, decision } = error;
    return decision ? { code, field, message, decision } : { code, field, message };
  }
}

/** JSON in which the order of an object's members does not matter. */
function sorted(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted)}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sorted(value[name])}`)}}`;
}

/** FNV-1a, twice with different seeds: it tells two hosts' answers apart, and need not withstand anybody. */
function digestOf(text) {
  const hashes = [0x811c9dc5, 0x050c5d1f].map((seed) => {
    let hash = seed;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  });
  return hashes.join('');
}
