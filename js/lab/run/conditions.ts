// A branch's conditions: any group of which all hold. The operators are Activepieces' own (router-executor.ts of its engine).
import { BillonceError } from '../../index.ts';
import { isObject } from '../flow/plain.ts';
import { inUtc } from '../sandbox/utc.ts';

interface Condition {
  operator?: unknown;
  firstValue?: unknown;
  secondValue?: unknown;
  caseSensitive?: unknown;
}

/** What a condition throws where Activepieces throws: the router fails. */
export class ConditionError extends Error {}

/** Whether the branch runs. `step` is the router's name. */
export function holds(conditions: unknown, step: string): boolean {
  if (!Array.isArray(conditions)) return false;
  return conditions
    .map((group) => !Array.isArray(group) || group.map((one) => holdsOne(one, step)).every(Boolean))
    .some(Boolean);
}

function holdsOne(given: unknown, step: string): boolean {
  const condition: Condition = isObject(given) ? given : {};
  const { operator } = condition;
  if (operator === undefined || operator === null) {
    throw new ConditionError('The operator is required but found to be undefined');
  }
  const test = typeof operator === 'string' && Object.hasOwn(OPERATORS, operator) && OPERATORS[operator];
  if (!test) {
    const shown = typeof operator === 'string' && /^[A-Z_]{1,60}$/.test(operator) ? operator : 'a condition';
    const message = `${step} asks ${shown}, which the lab does not know: known are ${Object.keys(OPERATORS).join(', ')}`;
    throw new BillonceError('invalid_flow', step, message);
  }
  return test(condition);
}

type Test = (condition: Condition) => boolean;

const text = (value: unknown, { caseSensitive }: Condition): string => {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  if (whole === undefined) throw new ConditionError('a value of the condition is missing');
  return caseSensitive ? whole : whole.toLowerCase();
};
const texts =
  (compare: (first: string, second: string) => boolean): Test =>
  (condition) =>
    compare(text(condition.firstValue, condition), text(condition.secondValue, condition));

/** A text that is no number is compared as text. */
const number = (value: unknown): number | string => {
  const read = Number(value);
  return Number.isNaN(read) ? String(value) : read;
};
const numbers =
  (compare: (first: number | string, second: number | string) => boolean): Test =>
  ({ firstValue, secondValue }) =>
    compare(number(firstValue), number(secondValue));

const dates =
  (compare: (first: number, second: number) => boolean): Test =>
  ({ firstValue, secondValue }) => {
    const [first, second] = [moment(firstValue), moment(secondValue)];
    return !Number.isNaN(first) && !Number.isNaN(second) && compare(first, second);
  };
function moment(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  // dayjs reads a date alone, which elsewhere is UTC, as local time; the server's is UTC too.
  return inUtc(value.replaceAll('/', '-'));
}

/** A list, or the JSON text of one. */
function list(value: unknown): unknown[] | undefined {
  const read = typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(read) ? read : undefined;
}
function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
const contains: Test = (condition) => {
  const { firstValue } = condition;
  const items = list(firstValue) ?? [typeof firstValue === 'string' ? parsed(firstValue) : firstValue];
  return items.some((item) => text(item, condition) === text(condition.secondValue, condition));
};

const isThere = ({ firstValue }: Condition): boolean =>
  firstValue !== undefined && firstValue !== null && firstValue !== '';

const OPERATORS: Record<string, Test> = {
  TEXT_CONTAINS: texts((first, second) => first.includes(second)),
  TEXT_DOES_NOT_CONTAIN: texts((first, second) => !first.includes(second)),
  TEXT_EXACTLY_MATCHES: texts((first, second) => first === second),
  TEXT_DOES_NOT_EXACTLY_MATCH: texts((first, second) => first !== second),
  TEXT_STARTS_WITH: texts((first, second) => first.startsWith(second)),
  TEXT_DOES_NOT_START_WITH: texts((first, second) => !first.startsWith(second)),
  TEXT_ENDS_WITH: texts((first, second) => first.endsWith(second)),
  TEXT_DOES_NOT_END_WITH: texts((first, second) => !first.endsWith(second)),
  NUMBER_IS_GREATER_THAN: numbers((first, second) => first > second),
  NUMBER_IS_LESS_THAN: numbers((first, second) => first < second),
  NUMBER_IS_EQUAL_TO: numbers((first, second) => first === second),
  BOOLEAN_IS_TRUE: ({ firstValue }) => Boolean(firstValue),
  BOOLEAN_IS_FALSE: ({ firstValue }) => !firstValue,
  DATE_IS_AFTER: dates((first, second) => first > second),
  DATE_IS_BEFORE: dates((first, second) => first < second),
  DATE_IS_EQUAL: dates((first, second) => first === second),
  LIST_CONTAINS: contains,
  LIST_DOES_NOT_CONTAIN: (condition) => !contains(condition),
  LIST_IS_EMPTY: ({ firstValue }) => list(firstValue)?.length === 0,
  LIST_IS_NOT_EMPTY: ({ firstValue }) => (list(firstValue)?.length ?? 0) > 0,
  EXISTS: isThere,
  DOES_NOT_EXIST: (condition) => !isThere(condition),
};
