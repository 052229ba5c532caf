// Reads a scenario that somebody wrote, and refuses what it cannot mean.
import { BillonceError } from '../../index.ts';
import { didYouMean } from '../../nearest.ts';
import { isObject } from '../flow/plain.ts';
import type { Fault, FaultName, Scenario } from '../run/types.ts';
import { FAULT_NAMES, FAULTS } from './catalogue.ts';

const MOST_SEED = 4_294_967_295;
const MOST_FAULTS = 20;

const refuse = (field: string, message: string): never => {
  throw new BillonceError('invalid_scenario', field, message);
};

/** @param calls How many calls to Stripe an undisturbed run of the flow makes. */
export function readScenario(value: unknown, calls: number): Scenario {
  if (!isObject(value)) return refuse('scenario', 'scenario must be an object: { seed, faults }');
  const { faults } = value;
  if (!Array.isArray(faults))
    return refuse('scenario.faults', 'scenario.faults must be a list, empty for an undisturbed run');
  if (faults.length > MOST_FAULTS)
    return refuse('scenario.faults', `scenario.faults has more than ${MOST_FAULTS} faults: give fewer`);
  return {
    seed: readSeed(value.seed, 'scenario.seed'),
    faults: faults.map((fault, at) => readFault(fault, calls, `scenario.faults.${at}`)),
  };
}

export function readSeed(value: unknown, field: string): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_SEED) return value;
  return refuse(field, `${field} must be an integer from 0 to ${MOST_SEED}`);
}

/** `{ name, call }`, or `"name"`, or `"name@call"`. */
export function readFault(value: unknown, calls: number, field: string): Fault {
  const [name, call] = isObject(value) ? [value.name, value.call] : split(value);
  if (typeof name !== 'string' || !Object.hasOwn(FAULTS, name))
    return refuse(
      field,
      `${field} is no fault.${typeof name === 'string' ? didYouMean(name, FAULT_NAMES) : ''} Known are ${FAULT_NAMES.join(', ')}`,
    );
  const known = name as FaultName;
  if (!FAULTS[known].of_a_call) {
    if (call === undefined) return { name: known };
    return refuse(field, `${field} names a call, but ${known} is none of a single call`);
  }
  const number = call ?? 1;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= calls)
    return { name: known, call: number };
  const made = calls === 1 ? 'one call' : `${calls} calls`;
  return refuse(field, `${field} names a call that is not there: an undisturbed run makes ${made} to Stripe`);
}

function split(value: unknown): [unknown, number | undefined] {
  const [, name = value, call] = /^(\w+)(?:@(\d{1,9}))?$/.exec(String(value)) ?? [];
  return [name, call === undefined ? undefined : Number(call)];
}

/** As the command takes it: `"stripe_500@2"`. */
export const faultText = ({ name, call }: Fault): string => (call === undefined ? name : `${name}@${call}`);
