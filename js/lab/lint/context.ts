// What rules and mends look at.
import { guard } from '../../index.ts';
import { eventIdOf } from '../fix/event-id.ts';
import { periodsIn, periodsOf } from '../fix/period.ts';
import { textOfFile } from '../flow/file.ts';
import { readFlow } from '../flow/read.ts';
import { textsIn } from '../flow/references.ts';
import { stripeUrl } from '../stripe-url.ts';
import type { FixOptions, Flow } from '../types.ts';
import { callsOf } from './calls.ts';
import type { Context } from './draft.ts';
import { Tracing } from './tracing.ts';

/** What rules and mends look at, and the file's text. */
export function contextFor(flow: unknown, options: FixOptions = {}): { context: Context; text: string } {
  // The product's own rule for what a proxy's URL may be.
  if (options.proxy !== undefined) guard({ base_url: options.proxy });
  // What is not text is read twice: its own mistakes are told best as it is, and its text cannot change while it is used.
  if (typeof flow !== 'string') readFlow(flow);
  const text = textOfFile(flow);
  return { context: contextOf(readFlow(text), options), text };
}

function contextOf(flow: Flow, { edge, payload, ...options }: FixOptions): Context {
  const tracing = new Tracing(flow, options.proxy ?? null);
  const proxy = options.proxy ?? proxyOf(tracing);
  const places = [...tracing.places.values()];
  const olderSyntax = isOlder(tracing);
  const referred = periodsIn(places);
  return {
    flow,
    tracing,
    calls: callsOf(tracing),
    proxy,
    periods: referred.length > 0 ? referred : periodsOf(flow.trigger, payload, olderSyntax),
    edge: edge ?? null,
    eventId: eventIdOf(flow.trigger, places, payload, olderSyntax),
    olderSyntax,
  };
}

/** A flow without references is taken for a new one. */
function isOlder(tracing: Tracing): boolean {
  const texts = [...tracing.places.values()].flatMap(({ step }) => textsIn(step).map(({ text }) => text));
  const references = texts.filter((text) => /\{\{\s*(step_\d+|trigger)\b/.test(text));
  return references.length > 0 && !references.some((text) => /\[\s*'output'\s*\]|\.output\b/.test(text));
}

/** Another host over https that serves Stripe's API, named in an input or in a Code step. */
function proxyOf(tracing: Tracing): string | null {
  for (const { step } of tracing.places.values()) {
    if (step.type !== 'code' && step.type !== 'piece') continue;
    const source = step.type === 'code' ? tracing.source(step) : null;
    const literals =
      source && 'program' in source
        ? source.program.visits.flatMap(({ node }) => (node.type === 'StringLiteral' ? [node.value] : []))
        : [];
    for (const text of [...textsIn(step.input).map((it) => it.text), ...literals]) {
      const keybrake = /^https:\/\/proxy\.keybrake\.com\/stripe\b/.exec(text)?.[0];
      const url = text.startsWith('https://') ? stripeUrl(text, null) : null;
      if (keybrake) return keybrake;
      if (url && !url.direct && !url.base.includes('{{') && !url.base.includes('@')) return url.base;
    }
  }
  return null;
}
