// Rules about keys that can be read by those who should not.

import { nameOfKey } from '../../code/names.ts';
import { lineOf } from '../../code/parse.ts';
import { isStripeClient } from '../../code/stripe.ts';
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
    return node.type === 'TemplateElement' ? [{ text: node.value.raw, line: lineOf(node) }] : [];
  });
  const lines = [...texts, ...source.comments].filter(({ text }) => hasRawKey(text)).map(({ line }) => line);
  return lines.sort((one, other) => one - other);
}

export const clientAtModuleScope: Rule = (context) =>
  eachProgram(context, ({ step, source }) =>
    source.program.visits.flatMap(({ node, within }): Draft[] => {
      if (within !== null || source.program.entry === null) return [];
      const made = node.type === 'CallExpression' ? nameOfKey(node.callee) : '';
      const guards =
        ['guard', 'governed'].includes(made) &&
        source.program.bindings.get(made)?.some((it) => it.kind === 'import');
      if (!isStripeClient(source.program, node) && !guards) return [];
      const what = guards ? `The ${made}` : 'The Stripe client';
      const message = `${what} is made at module scope: a worker keeps it, and all runs in it share the one key.`;
      const fix = 'Make it inside the function that Activepieces calls, from an input of the step.';
      return [
        {
          rule: 'stripe-client-at-module-scope',
          severity: 'error',
          step: step.name,
          line: lineOf(node),
          message,
          fix,
        },
      ];
    }),
  );

const SECRET = /vault_?key|secret|api_?key|password|private_?key|stripe_?key|access_?token/i;

export const secretInOutput: Rule = (context) =>
  eachOutput(context, (origin, step, line): Draft[] => {
    const secret =
      origin.kind === 'connection' ||
      (origin.kind === 'event' && SECRET.test(origin.path.at(-1) ?? '')) ||
      (origin.kind === 'environment' && SECRET.test(origin.name)) ||
      (origin.kind === 'literal' && hasRawKey(origin.text));
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
  found: (origin: Origin, step: CodeStep, line: number) => Draft[],
): Draft[] {
  return eachProgram(context, ({ step, source }) =>
    source.outputs.flatMap((output) =>
      context.tracing
        .expression(step, source.program, output, 'carry')
        .flatMap((origin) => found(origin, step, lineOf(output.node))),
    ),
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
