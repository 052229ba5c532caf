import { BillonceError } from '../../index.ts';
import { type Fields, isObject, own } from './plain.ts';

/** Every host of the lab has it: Node and browsers. */
declare const TextDecoder: new (
  label: 'utf-8',
  options: { fatal: true },
) => { decode(bytes: Uint8Array): string };

/** Real exports have some kilobytes; one with sample data, some hundred. */
const MAX_LENGTH = 20_000_000;

const SHAPE = 'give the JSON file that Export of Activepieces downloads';

/** The file's JSON, from its text or bytes; what is JSON already is taken as it is. */
export function parseFile(input: unknown): Fields {
  const text = input instanceof Uint8Array ? decode(input) : input;
  const value = typeof text === 'string' ? parse(text) : text;
  if (!isObject(value)) {
    throw new BillonceError('wrong_type', 'flow', `flow is ${kindOf(value)}, not a flow: ${SHAPE}`);
  }
  return value;
}

/** The same as text of JSON: what a copy is made from. A value that JSON cannot hold is refused. */
export function textOfFile(input: unknown): string {
  const file = parseFile(input);
  if (typeof input === 'string') return input.replace(/^\uFEFF/, '');
  try {
    return JSON.stringify(file);
  } catch {
    const message = 'flow has what JSON cannot hold, such as a BigInt or a circle: give the exported JSON';
    throw new BillonceError('unreadable_input', 'flow', message);
  }
}

function decode(bytes: Uint8Array): string {
  checkLength(bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BillonceError('invalid_flow', 'flow', `flow is not UTF-8 text: ${SHAPE}`);
  }
}

function parse(text: string): unknown {
  checkLength(text.length);
  const bare = text.replace(/^\uFEFF/, '');
  if (bare.trim() === '') throw new BillonceError('empty_field', 'flow', `flow is empty: ${SHAPE}`);
  try {
    return JSON.parse(bare);
  } catch {
    const problem = /^\s*\{/.test(bare)
      ? 'breaks off or is damaged: download it again'
      : `is not JSON: ${SHAPE}`;
    throw new BillonceError('invalid_flow', 'flow', `flow ${problem}`);
  }
}

function checkLength(length: number): void {
  if (length <= MAX_LENGTH) return;
  const message = `flow is larger than ${MAX_LENGTH / 1_000_000} MB: export it without sample data`;
  throw new BillonceError('input_too_large', 'flow', message);
}

/** The flow's own part of the file, with the path that leads to it. */
export function unwrap(file: Fields): { body: Fields; name: string } {
  const name = [own(file, 'name'), own(file, 'displayName')].find(
    (text) => typeof text === 'string' && text !== '',
  );
  const body = bodyOf(file);
  const title = own(body, 'displayName');
  return { body, name: String(name ?? (typeof title === 'string' ? title : 'flow')) };
}

function bodyOf(file: Fields): Fields {
  const flows = own(file, 'flows');
  if (Array.isArray(flows)) {
    if (flows.length !== 1) {
      const message = `flows has ${flows.length} flows; export one at a time`;
      throw new BillonceError('invalid_flow', 'flows', message);
    }
    if (isObject(flows[0])) return flows[0];
    throw new BillonceError('wrong_type', 'flows', `flows has ${kindOf(flows[0])} where its flow belongs`);
  }
  const template = own(file, 'template');
  if (isObject(template)) return template;
  if (isObject(own(file, 'trigger'))) return file;
  const message = `flow has neither flows nor template nor trigger, so it is no flow: ${SHAPE}`;
  throw new BillonceError('invalid_flow', 'flow', message);
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
