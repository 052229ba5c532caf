// Rules about keys that can be read by those who should not.

import type { Node } from '@babel/types';
import { nameOfKey, type Program } from '../../code/names.ts';
import { lineOf } from '../../code/parse.ts';
import { clientAt, isStripeClient } from '../../code/stripe.ts';
import { textsIn } from '../../flow/references.ts';
import type { CodeStep, FlowStep, TriggerStep } from '../../types.ts';
import { activeSteps, type Context, type Draft, type Rule } from '../draft.ts';
import { hasRawKey } from '../raw-key.ts';
import type { Origin, Tracing } from '../tracing.ts';

/** Switched-off steps too: the file and the run log show their settings as well. */
export const rawKey: Rule = ({ flow, tracing }) => {
  const steps = [...tracing.places.values()].map(({ step }) => step);
  return [flow.trigger, ...steps].flatMap((step): Draft[] => {
    const lines = step.type === 'code' ? rawLines(tracing, step) : [];
    const inInput = inputTexts(step).some(({ path, text }) => hasRawKey(text, path.at(-1)));
    if (lines.length === 0 && !inInput) return [];
    const where = lines.length > 0 ? 'in this source' : "in this step's settings";
    const message = `A raw Stripe key stands ${where}: everyone who can open, export or import the flow has it, and no cap limits it.`;
    const fix =
      "Roll the key at Stripe; then keep the new one, or better a proxy's vault key, in a connection: {{connections['stripe_key']}}.";
    return [{ rule: 'raw-stripe-key', severity: 'error', step: step.name, line: lines[0], message, fix }];
  });
};

function inputTexts(step: FlowStep | TriggerStep): { path: string[]; text: string }[] {
  if (step.type === 'loop') return textsIn({ items: step.items });
  if (step.type === 'router') return textsIn(step.branches.map(({ conditions }) => conditions));
  return textsIn(step.input);
}

/** The lines with a key in a text or a comment: a name such as sk_live_key is none. */
function rawLines(tracing: Tracing, step: CodeStep): number[] {
  const source = tracing.source(step);
  if (!('program' in source)) return hasRawKey(step.code) ? [1] : [];
  const texts = source.program.visits.flatMap(({ node }) => {
    if (node.type === 'StringLiteral') return [{ text: node.value, line: lineOf(node) }];
    if (node.type === 'BinaryExpression') return [{ text: joined(node) ?? '', line: lineOf(node) }];
    return node.type === 'TemplateElement' ? [{ text: node.value.raw, line: lineOf(node) }] : [];
  });
  const lines = [...texts, ...source.comments].filter(({ text }) => hasRawKey(text)).map(({ line }) => line);
  return lines.sort((one, other) => one - other);
}

/** Nobody cuts a key into more. */
const MOST_PIECES = 20;

/** A text that is written in pieces. */
function joined(node: Node, depth = 0): string | null {
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.raw ?? '';
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || depth > MOST_PIECES) return null;
  const [left, right] = [joined(node.left, depth + 1), joined(node.right, depth + 1)];
  return left === null || right === null ? null : left + right;
}

export const clientAtModuleScope: Rule = (context) =>
  eachProgram(context, ({ step, source }) =>
    source.program.visits.flatMap(({ node, within }): Draft[] => {
      if (source.program.entry === null) return [];
      if (within !== null) return keptByModule(source.program, node) ? [inModule(step, node)] : [];
      const made = node.type === 'CallExpression' ? nameOfKey(node.callee) : '';
      const guards =
        ['guard', 'governed'].includes(made) &&
        source.program.bindings.get(made)?.some((it) => it.kind === 'import');
      const kept = node.type === 'CallExpression' || isStripeClient(source.program, node) ? node : null;
      const client = kept && !guards ? clientAt(source.program, kept) : null;
      if (client?.names.length !== 0 && !guards) return [];
      return [inModule(step, node, guards ? `The ${made}` : undefined)];
    }),
  );

function inModule({ name }: CodeStep, node: Node, what = 'The Stripe client'): Draft {
  const message = `${what} is made at module scope: a worker keeps it, and all runs in it share the one key.`;
  const fix = 'Make it inside the function that Activepieces calls, from an input of the step.';
  return {
    rule: 'stripe-client-at-module-scope',
    severity: 'error',
    step: name,
    line: lineOf(node),
    message,
    fix,
  };
}

/** `stripe ??= new Stripe(…)` in a function, where the variable is the module's. */
function keptByModule(program: Program, node: Node): boolean {
  if (node.type !== 'AssignmentExpression' || node.left.type !== 'Identifier') return false;
  if (!program.moduleNames.has(node.left.name)) return false;
  return clientAt(program, node.right)?.names.length === 0;
}

/** As a member of an output that is nothing but the secret. */
const SECRET_NAME = /^(vault_?key|(stripe_?)?(secret|api)_?key|stripe_?key)$/i;

/** With a digit in it, which a word such as vault_key_missing has not. */
const VAULT_KEY = /\bvault_key_(?=\w*\d)\w{4,}/;

const SECRET = /vault_?key|secret|api_?key|password|private_?key|stripe_?key|access_?token/i;

export const secretInOutput: Rule = (context) =>
  eachOutput(context, (origin, step, line, named): Draft[] => {
    const secret =
      origin.kind === 'connection' ||
      (origin.kind === 'event' && SECRET.test(origin.path.at(-1) ?? '')) ||
      (origin.kind === 'environment' && SECRET.test(origin.name)) ||
      (origin.kind === 'literal' && (hasRawKey(origin.text) || VAULT_KEY.test(origin.text))) ||
      (named && (origin.kind === 'event' || origin.kind === 'loop'));
    if (!secret) return [];
    const message = 'This step puts a key or another secret out, and the run log keeps outputs in clear.';
    const fix = 'Leave it out of what is returned. The step that needs it takes it from a connection itself.';
    return [{ rule: 'secret-in-output', severity: 'error', step: step.name, line, message, fix }];
  });

export const bigintInOutput: Rule = (context) =>
  eachOutput(context, (origin, step, line): Draft[] => {
    if (origin.kind !== 'bigint' || origin.step !== step.name) return [];
    const message =
      'This step puts a BigInt out: outputs leave as JSON, which has none, and the step fails after all it did.';
    const fix = 'Return Number(…) of it, or String(…).';
    return [{ rule: 'bigint-in-output', severity: 'error', step: step.name, line, message, fix }];
  });

/** Lines are those of what is returned. */
function eachOutput(
  context: Context,
  found: (origin: Origin, step: CodeStep, line: number, named: boolean) => Draft[],
): Draft[] {
  return eachProgram(context, ({ step, source: { program, outputs } }) =>
    outputs.flatMap((output) => {
      const origins = (node: Node, path: string[] = []) =>
        context.tracing.expression(step, program, { node, path }, 'carry');
      const line = lineOf(output.node);
      return [
        ...origins(output.node, output.path).flatMap((origin) => found(origin, step, line, false)),
        ...secretMembers(program, output.node)
          .flatMap((node) => origins(node))
          .flatMap((origin) => found(origin, step, line, true)),
      ];
    }),
  );
}

/** What an object puts out under a secret's name. */
function secretMembers({ bindings }: Program, output: Node): Node[] {
  const bound = output.type === 'Identifier' ? (bindings.get(output.name) ?? []) : [];
  const objects = [
    output,
    ...bound.flatMap((it) => (it.kind === 'value' && it.at.length === 0 ? [it.node] : [])),
  ];
  return objects.flatMap((object) =>
    object.type === 'ObjectExpression'
      ? object.properties.flatMap((it) =>
          it.type === 'ObjectProperty' && !it.computed && SECRET_NAME.test(nameOfKey(it.key))
            ? [it.value]
            : [],
        )
      : [],
  );
}

type Readable = Extract<ReturnType<Tracing['source']>, { program: unknown }>;

function eachProgram(
  context: Context,
  found: (one: { step: CodeStep; source: Readable }) => Draft[],
): Draft[] {
  return [...activeSteps(context)].flatMap((step) => {
    const source = step.type === 'code' ? context.tracing.source(step) : null;
    return source && 'program' in source ? found({ step: step as CodeStep, source }) : [];
  });
}

export const unreadableCode: Rule = (context) =>
  [...activeSteps(context)].flatMap((step): Draft[] => {
    const source = step.type === 'code' ? context.tracing.source(step) : null;
    if (!source || 'program' in source) return [];
    const message =
      'This source cannot be parsed, or has more than a million characters, so nothing was checked in it.';
    const fix =
      'Mend what cannot be parsed: Activepieces cannot build it either. What is that long belongs into a package.';
    return [
      {
        rule: 'unreadable-code',
        severity: 'warning',
        step: step.name,
        line: source.line ?? undefined,
        message,
        fix,
      },
    ];
  });
