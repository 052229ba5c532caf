// Where a step's input comes from, through references, Code steps and loops.

import type { Part } from '../code/billonce.ts';
import { namesOf, type Program } from '../code/names.ts';
import { type Origin as CodeOrigin, originsOf } from '../code/origins.ts';
import { parseCode } from '../code/parse.ts';
import { unstableAction, unstableTemplate } from '../code/unstable.ts';
import { isObject, own } from '../flow/plain.ts';
import { literalsIn, type Reference, referencesIn, templatesIn, textsIn } from '../flow/references.ts';
import { everyPlace, type Place } from '../flow/walk.ts';
import type { CodeStep, Flow, FlowStep, PieceStep } from '../types.ts';

/** Of what a value is made, as far as the flow tells. */
export type Origin = {
  amount?: boolean /** In which Code step, and where. */;
  step?: string;
  line?: number;
} & (
  | { kind: 'event'; path: string[] }
  | { kind: 'loop'; loop: string; path: string[] }
  | { kind: 'connection' }
  | Exclude<CodeOrigin, { kind: 'input' }>
);

export interface Source {
  program: Program;
  /** The step's output: every value that it returns. */
  outputs: Part[];
  comments: { text: string; line: number }[];
}

export class Tracing {
  readonly places: ReadonlyMap<string, Place>;
  readonly #sources = new Map<string, Source | { line: number | null }>();
  readonly #outputs = new Map<string, Origin[]>();
  readonly #open = new Set<string>();

  /** A proxy in front of Stripe whose name does not say so. */
  readonly proxy: string | null;

  constructor(flow: Flow, proxy: string | null) {
    this.proxy = proxy;
    this.places = new Map([...everyPlace(flow.steps)].map((place) => [place.step.name, place]));
  }

  /** A Code step's source, parsed once; where it cannot be, the line. */
  source(step: CodeStep): Source | { line: number | null } {
    const known = this.#sources.get(step.name);
    if (known) return known;
    const source = sourceOf(step.code);
    this.#sources.set(step.name, source);
    return source;
  }

  /** Of an input: a text with references, or lists and objects of it. */
  input(value: unknown, path: readonly string[] = []): Origin[] {
    const [name, ...rest] = path;
    if (typeof value === 'string') return this.#text(value, path);
    if (name !== undefined && (isObject(value) || Array.isArray(value))) {
      const members = Object.entries(value);
      return members.flatMap(([member, inner]) => (member === name ? this.input(inner, rest) : []));
    }
    if (typeof value === 'number') return [{ kind: 'literal', text: String(value), line: 1 }];
    return textsIn(value).flatMap(({ text }) => this.#text(text, []));
  }

  /** Of an expression in a Code step. */
  expression(
    step: CodeStep,
    program: Program,
    { node, path }: Part,
    mode: 'influence' | 'carry' = 'influence',
  ): Origin[] {
    return originsOf(program, node, path, mode).flatMap((origin): Origin[] => {
      const here = { step: step.name, line: origin.line, ...(origin.amount ? { amount: true } : {}) };
      if (origin.kind !== 'input') return [{ ...origin, ...here }];
      return this.input(step.input, origin.path).map((from) => ({
        ...from,
        ...(origin.amount ? { amount: true } : {}),
        step: from.step ?? step.name,
      }));
    });
  }

  #text(text: string, path: readonly string[]): Origin[] {
    const literals = literalsIn(text).map((literal) => ({
      kind: 'literal' as const,
      text: literal,
      line: 1,
    }));
    const unstable = templatesIn(text).flatMap((expression): Origin[] => {
      const what = unstableTemplate(expression);
      return what ? [{ kind: 'unstable', what, line: 1 }] : [];
    });
    const hundred = templatesIn(text).some((expression) => /\*\s*100\b|\b100\s*\*/.test(expression));
    const times: Origin[] = hundred ? [{ kind: 'times100', line: 1 }] : [];
    const referred = referencesIn(text).flatMap((reference) => this.#reference(reference, path));
    return [...literals, ...unstable, ...times, ...referred];
  }

  #reference({ root, path, alone }: Reference, more: readonly string[]): Origin[] {
    const full = alone ? [...path, ...more] : path;
    const amount = /amount|price|cents|total|quantity/i.test(full.at(-1) ?? '') ? { amount: true } : {};
    if (root === 'trigger') return [{ kind: 'event', path: full, ...amount }];
    if (root === 'connections') return [{ kind: 'connection' }];
    const place = this.places.get(root);
    return place ? this.#output(place.step, full).map((origin) => ({ ...origin, ...amount })) : [];
  }

  #output(step: FlowStep, path: readonly string[]): Origin[] {
    if (step.type === 'loop' && path[0] === 'index')
      return [{ kind: 'loop', loop: step.name, path: [...path] }];
    if (step.type === 'loop')
      return [{ kind: 'loop', loop: step.name, path: [...path] }, ...this.input(step.items)];
    if (step.type === 'router') return [];
    if (step.type === 'piece') {
      const pinned = pinnedKey(step, path);
      if (pinned !== undefined) return this.input(pinned);
      const what = unstableAction(step.action ?? '');
      return what
        ? [{ kind: 'unstable', what, step: step.name, line: 1 }]
        : [{ kind: 'event', path: [...path] }];
    }
    const asked = `${step.name} ${path.join(' ')}`;
    const known = this.#outputs.get(asked);
    if (known) return known;
    // A step that refers to itself, by whatever way round.
    if (this.#open.has(asked)) return [];
    this.#open.add(asked);
    const source = this.source(step);
    const origins: Origin[] =
      'program' in source
        ? source.outputs.flatMap((output) =>
            this.expression(step, source.program, { ...output, path: [...output.path, ...path] }),
          )
        : [{ kind: 'unknown', line: 1 }];
    this.#open.delete(asked);
    this.#outputs.set(asked, origins);
    return origins;
  }
}

/** The edge answers `PUT /event-keys/{id}` with the key that it is given, or with the one that it was given before. */
function pinnedKey({ piece, input }: PieceStep, path: readonly string[]): unknown {
  const isPin = piece === '@activepieces/piece-http' && String(input.method).toUpperCase() === 'PUT';
  const asked = path.join('.') === 'body.idempotency_key';
  return isPin && asked ? own(own(input.body, 'data'), 'idempotency_key') : undefined;
}

function sourceOf(code: string): Source | { line: number | null } {
  const parsed = parseCode(code);
  if (!('file' in parsed)) return parsed;
  const program = namesOf(parsed.file.program);
  const outputs = (program.returns.get(program.entry) ?? []).map((node) => ({ node, path: [] }));
  const comments = (parsed.file.comments ?? []).map(({ value, loc }) => ({
    text: value,
    line: loc?.start.line ?? 1,
  }));
  return { program, outputs, comments };
}
