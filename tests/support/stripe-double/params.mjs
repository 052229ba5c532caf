import { CURRENCIES } from './currencies.mjs';
import { invalidRequest } from './errors.mjs';

/** @typedef {import('./types.mjs').Params} Params */
/** @typedef {(value: any, name: string) => unknown} Rule   converts a parameter, or throws */

/**
 * @typedef {object} ParamSpec
 * @property {Set<string>} allowed
 * @property {string[]} [requires]
 * @property {{ names: string[], message: string }} [requires_one_of]
 * @property {Record<string, Rule>} [rules]        where an endpoint differs from the general rule for a name
 */

/** @type {Record<string, (created: number, at: number) => boolean>} */
export const RANGE_BOUNDS = {
  gt: (created, at) => created > at,
  gte: (created, at) => created >= at,
  lt: (created, at) => created < at,
  lte: (created, at) => created <= at,
};

/** @type {Record<string, Rule>} what a name means, wherever it appears */
const RULES = {
  amount: integer(1),
  amount_to_capture: integer(1),
  capture: boolean,
  charge: id,
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  confirm: boolean,
  created: range,
  currency,
  customer: id,
  description: string,
  destination: id,
  error_on_requires_action: boolean,
  limit: integer(1, 100),
  metadata,
  page: string,
  payment_intent: id,
  payment_method: id,
  query: string,
  source: (value, name) => (typeof value === 'string' ? id(value, name) : value),
};

/**
 * Not saved by any key: no endpoint has begun to execute.
 *
 * @param {Params} params
 * @param {ParamSpec} spec
 * @returns {Params}
 */
export function checkParams(params, spec) {
  const unknown = Object.keys(params).filter((name) => !spec.allowed.has(name));
  if (unknown.length > 0) {
    const noun = unknown.length > 1 ? 'parameters' : 'parameter';
    const where = { param: show(unknown[0]), code: 'parameter_unknown' };
    throw invalidRequest(`Received unknown ${noun}: ${show(unknown.join(', '))}`, where);
  }
  for (const name of spec.requires ?? []) {
    if (!(name in params)) {
      throw invalidRequest(`Missing required param: ${name}.`, { param: name, code: 'parameter_missing' });
    }
  }
  const choice = spec.requires_one_of;
  if (choice && !choice.names.some((name) => name in params)) {
    throw invalidRequest(choice.message, { code: 'parameter_missing' });
  }
  const rules = { ...RULES, ...spec.rules };
  const converted = Object.entries(params).map(([name, value]) => [
    name,
    rules[name]?.(value, name) ?? value,
  ]);
  return Object.assign(Object.create(null), Object.fromEntries(converted));
}

/** @param {number} least @param {number} [most] Stripe's limit of twelve digits @returns {Rule} */
export function integer(least, most = 999_999_999_999) {
  return (value, name) => {
    if (value === '') throw empty(name);
    const where = { param: name, code: 'parameter_invalid_integer' };
    if (typeof value !== 'string' || !/^-?[0-9]+$/.test(value)) {
      throw invalidRequest(`Invalid integer: ${show(value)}`, where);
    }
    const number = Number(value);
    if (number < least) throw invalidRequest(`This value must be greater than or equal to ${least}.`, where);
    if (number > most) throw invalidRequest(`This value must be less than or equal to ${most}.`, where);
    return number;
  };
}

/** Stripe gives this error no code. @param {any} value @param {string} name */
function currency(value, name) {
  if (value === '') throw empty(name);
  const code = String(string(value, name)).toLowerCase();
  if (!CURRENCIES.has(code)) {
    const known = [...CURRENCIES].join(', ');
    const message = `Invalid currency: ${show(code)}. Stripe currently supports these currencies: ${known}`;
    throw invalidRequest(message, { param: name });
  }
  return code;
}

/** A moment, or bounds of moments, in Unix seconds. @param {any} value @param {string} name */
function range(value, name) {
  if (typeof value === 'string') return integer(0)(value, name);
  const bounds = Object.entries(value).map(([bound, at]) => {
    if (Object.hasOwn(RANGE_BOUNDS, bound)) return [bound, integer(0)(at, `${name}[${bound}]`)];
    const where = { param: `${name}[${show(bound)}]`, code: 'parameter_unknown' };
    throw invalidRequest(`Received unknown parameter: ${where.param}`, where);
  });
  return Object.fromEntries(bounds);
}

/** @param {any} value @param {string} name */
function boolean(value, name) {
  if (value !== 'true' && value !== 'false') {
    throw invalidRequest(`Invalid boolean: ${show(value)}`, { param: name });
  }
  return value === 'true';
}

/** @param {any} value @param {string} name */
function string(value, name) {
  if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${show(value)}`, { param: name });
  return value;
}

/**
 * An id that is empty would charge nobody, so it must not pass for one.
 *
 * @param {any} value
 * @param {string} name
 */
function id(value, name) {
  if (value === '') throw empty(name);
  return string(value, name);
}

/** @param {...string} values @returns {Rule} */
function oneOf(...values) {
  return (value, name) => {
    if (values.includes(value)) return value;
    const listed = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
    throw invalidRequest(`Invalid ${name}: must be one of ${listed}`, { param: name });
  };
}

/** An empty value unsets; otherwise a flat hash. @param {any} value @param {string} name */
function metadata(value, name) {
  if (value === '') return {};
  const flat = typeof value === 'object' && !Array.isArray(value);
  if (!flat) throw invalidRequest('Invalid object', { param: name });
  for (const [key, inner] of Object.entries(value)) string(inner, `${name}[${key}]`);
  return value;
}

/** @param {string} name */
function empty(name) {
  return invalidRequest(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-` +
      'empty value.',
    { param: name, code: 'parameter_invalid_empty' },
  );
}

/** Cut short, so that a hostile value does not come back a megabyte long. @param {unknown} value */
function show(value) {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80);
}
