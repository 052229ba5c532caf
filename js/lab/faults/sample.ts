import { isObject } from '../flow/plain.ts';
import { referencesIn, textsIn } from '../flow/references.ts';
import { everyPlace } from '../flow/walk.ts';
import type { Flow } from '../types.ts';

/**
 * What the trigger gets where nobody gave a payload: the file's sample data, or what the flow asks for by name. Exports of today hold no
 * sample data.
 */
export function samplePayload({ trigger, steps }: Flow): unknown {
  const sample = (trigger as { sample_data?: unknown }).sample_data;
  const isWebhook = /webhook/.test(trigger.piece ?? 'webhook');
  if (isObject(sample) && Object.keys(sample).length > 0)
    return isWebhook && 'body' in sample ? sample.body : sample;
  const made: Record<string, unknown> = {};
  for (const { step } of everyPlace(steps)) {
    const input = step.type === 'loop' ? { items: step.items } : 'input' in step ? step.input : {};
    for (const { text } of textsIn(input)) {
      for (const { root, path } of referencesIn(text)) {
        const [first, ...rest] = isWebhook && path[0] === 'body' ? path.slice(1) : path;
        if (root === 'trigger' && first !== undefined) place(made, [first, ...rest]);
      }
    }
  }
  return made;
}

function place(made: Record<string, unknown>, [name, ...rest]: string[]): void {
  if (name === undefined || ['__proto__', 'constructor', 'prototype'].includes(name)) return;
  if (rest.length === 0) {
    made[name] ??= valueFor(name);
    return;
  }
  const inner = isObject(made[name]) ? made[name] : {};
  made[name] = inner;
  place(inner, rest);
}

/** Something that such a member may hold. */
function valueFor(name: string): unknown {
  if (/cents|amount|price|total/i.test(name)) return 4900;
  if (/quantity|count/i.test(name)) return 1;
  if (/customer/i.test(name)) return 'cus_A100';
  if (/period/i.test(name)) return '2026-06';
  if (/currency/i.test(name)) return 'usd';
  if (/(items|lines|list|customers|invoices)$/i.test(name)) return [];
  if (/email/i.test(name)) return 'customer@example.com';
  if (/date|_at$/i.test(name)) return '2026-06-01T09:00:00Z';
  return `${name}_1`;
}
