import { own } from '../flow/plain.ts';
import { textsIn } from '../flow/references.ts';
import { everyStep } from '../flow/walk.ts';
import type { Flow, FlowStep } from '../types.ts';
import { type Place, recordOf } from './state.ts';
import { type Part, partsOf } from './template.ts';

/** What references can reach besides steps, and how what is more than a path is evaluated. */
export interface Scope {
  /** Whether a reference goes through `output`, as since 0.85.4. */
  nested: boolean;
  connections: Record<string, unknown>;
  evaluate(expression: string, scope: Record<string, unknown>): unknown;
}

/** An input with every `{{…}}` filled in. */
export function resolve(input: unknown, place: Place, scope: Scope): unknown {
  if (typeof input === 'string') return resolveText(input, place, scope);
  if (Array.isArray(input)) return input.map((item) => resolve(item, place, scope));
  if (input === null || typeof input !== 'object') return input;
  const values: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(input)) {
    const value = resolve(inner, place, scope);
    if (name === '__proto__') Object.defineProperty(values, name, { ...PLAIN, value });
    else values[name] = value;
  }
  return values;
}

/** A member of that name would be taken for the prototype. */
const PLAIN = { writable: true, enumerable: true, configurable: true };

/** A text that is one reference keeps what it refers to, whatever its type; any other text stays text. */
function resolveText(text: string, place: Place, scope: Scope): unknown {
  const parts = partsOf(text);
  const values = parts.map((part) => ('text' in part ? part.text : filled(part, place, scope)));
  const [only] = parts;
  const alone =
    parts.filter((part) => !('text' in part && part.text.trim() === '')).length === 1 &&
    parts.find((part) => 'expression' in part);
  if (alone) return values[parts.indexOf(alone)];
  if (parts.length === 1 && only && 'text' in only) return text;
  if (/\{\{\s*flattenNestedKeys/.test(text)) return merged(parts, values);
  return values.map(shown).join('');
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** One text for each item of the longest list. */
function merged(parts: readonly Part[], values: unknown[]): string[] {
  const length = Math.max(0, ...values.map((value) => (Array.isArray(value) ? value.length : 0)));
  return Array.from({ length }, (_, at) =>
    parts
      .map((part, place) => {
        const value = values[place];
        return shown('text' in part ? value : ((Array.isArray(value) ? value[at] : value) ?? ''));
      })
      .join(''),
  );
}

/** What is not there is an empty text. */
function filled(part: Exclude<Part, { text: string }>, place: Place, scope: Scope): unknown {
  if ('path' in part) {
    const [root = '', ...path] = part.path;
    const found = follow(
      path,
      rootOf(root, place, scope, () => path[0] === 'output'),
    );
    if (found.known) return found.value ?? '';
  }
  const names = [...new Set(part.expression.match(/[A-Za-z_$][\w$]*/g) ?? [])];
  const variables = names
    .map((name) => [name, rootOf(name, place, scope, () => isThrough(name, part.expression))] as const)
    .filter(([, value]) => value !== undefined);
  return scope.evaluate(part.expression, Object.fromEntries(variables)) ?? '';
}

/** Whether an expression asks a step for its `output`. */
const isThrough = (name: string, expression: string): boolean =>
  new RegExp(
    `(?<![\\w$.])${name.replaceAll('$', '\\$')}\\s*(?:\\?\\.|\\.)?\\s*(?:\\[\\s*['"])?output\\b`,
  ).test(expression);

/** @param isThrough Whether it is asked for `output`, which older versions have too where the step put out no member of that name. */
function rootOf(
  name: string,
  place: Place,
  { nested, connections }: Scope,
  isThrough: () => boolean,
): unknown {
  if (name === 'connections') return connections;
  const record = recordOf(place, name);
  if (!record) return undefined;
  const isNewer = nested || (own(record.output, 'output') === undefined && isThrough());
  if (!isNewer) return record.output;
  const { output, errorMessage, status } = record;
  return { output, ...(status === 'FAILED' ? { error: { message: errorMessage } } : {}) };
}

/** As JavaScript would, as far as JSON has it. What JSON has not, such as a method, is for the sandbox. */
function follow(path: readonly string[], root: unknown): { known: boolean; value?: unknown } {
  let value = root;
  for (const name of path) {
    if (value === undefined || value === null) return { known: true, value: undefined };
    if (typeof value === 'object' && Object.hasOwn(value, name)) {
      value = (value as Record<string, unknown>)[name];
    } else if (name in Object(value)) {
      return { known: false };
    } else {
      value = undefined;
    }
  }
  return { known: true, value };
}

/** Whether the flow's references go through `output`: its version tells, and where that does not, they do. */
export function isNested({ schema_version, steps }: Flow): boolean {
  if (schema_version !== null && Number(schema_version) < NESTED) return false;
  return [...everyStep(steps)].some((step) =>
    textsIn(inputOf(step)).some(({ text }) => THROUGH_OUTPUT.test(text)),
  );
}

/** `schemaVersion` of the first release of which this holds, 0.85. */
const NESTED = 22;
const THROUGH_OUTPUT =
  /\{\{[^}]*?(?<![\w.'"\]])[A-Za-z_]\w*\s*(?:\?\.|\.)?\s*(?:\[\s*['"])?(?:output|error)\b/;

function inputOf(step: FlowStep): unknown {
  if (step.type === 'loop') return { items: step.items };
  if (step.type === 'router') return step.branches.map(({ conditions }) => conditions);
  return step.input;
}
