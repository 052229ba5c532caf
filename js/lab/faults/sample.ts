// What the trigger gets where nobody gave a payload: the file's sample data, or what the flow asks for by name. Exports of today hold no
// sample data.
import { isObject } from '../flow/plain.ts';
import { referencesIn, textsIn } from '../flow/references.ts';
import { everyPlace } from '../flow/walk.ts';
import type { Flow, FlowStep } from '../types.ts';

type Made = Record<string, unknown>;

/**
 * What the trigger of a flow that was read gets where no payload is given; `made` where the file holds no sample data and it was made up of what the
 * flow refers to.
 */
export function samplePayload({ trigger, steps }: Flow): { value: unknown; made: boolean } {
  const sample = trigger.sample_data;
  const isWebhook = trigger.piece === null || /webhook/.test(trigger.piece);
  if (isObject(sample) && Object.keys(sample).length > 0)
    return { value: isWebhook && 'body' in sample ? sample.body : sample, made: false };
  return {
    value: madeUp(
      [...everyPlace(steps)].map(({ step }) => step),
      trigger.name,
      isWebhook,
    ),
    made: true,
  };
}

/** Parts of a webhook's request that are none of its body. */
const AROUND = ['headers', 'queryParams'] as const;

/** A header, or a member of the query. */
export interface Around {
  part: (typeof AROUND)[number];
  name: string;
}

/** What the flow asks of a webhook's headers and query. */
export function askedAround({ trigger, steps }: Flow): Around[] {
  const texts = [...everyPlace(steps)].flatMap(({ step }) => ('input' in step ? textsIn(step.input) : []));
  return texts
    .flatMap(({ text }) => referencesIn(text))
    .flatMap(({ root, path: [first, name] }) => {
      const part = AROUND.find((it) => it === first);
      const isTrigger = root === trigger.name || root === 'trigger';
      return part && name !== undefined && isTrigger ? [{ part, name }] : [];
    });
}

/** The same, made up: a delivery's id, say, which each delivery of one event has again. */
export function aroundBody(
  asked: readonly Around[],
  event: number,
): { headers: Record<string, string>; queryParams: Record<string, string> } {
  const made = { headers: {} as Record<string, string>, queryParams: {} as Record<string, string> };
  for (const { part, name } of asked) made[part][name] = `${name}_${event + 1}`;
  return made;
}

function madeUp(steps: readonly FlowStep[], trigger: string, isWebhook: boolean): Made {
  const root: Made = {};
  // Loops first: what they go through is a list, of items that have what is asked of them.
  const items = new Map<string, Made[]>();
  const place = (
    { root: from, path }: { root: string; path: string[] },
    value: (name: string) => unknown,
  ) => {
    const within = isWebhook && path[0] === 'body' ? path.slice(1) : path;
    const isAround = isWebhook && AROUND.some((name) => name === path[0]);
    if (from === trigger || from === 'trigger') return isAround ? undefined : set(root, within, value);
    const list = items.get(from);
    if (list && path[0] === 'item') for (const item of list) set(item, path.slice(1), value);
  };
  for (const step of steps) {
    if (step.type !== 'loop' || typeof step.items !== 'string') continue;
    const [reference] = referencesIn(step.items);
    if (!reference) continue;
    const list: Made[] = [{}, {}, {}];
    items.set(step.name, list);
    place(reference, () => list);
  }
  for (const step of steps) {
    if (!('input' in step)) continue;
    for (const { text } of textsIn(step.input))
      for (const reference of referencesIn(text)) place(reference, valueFor);
  }
  for (const list of items.values())
    for (const [at, item] of list.entries()) if (isId(item)) item.id = `item_${at + 1}`;
  return root;
}

const isId = (item: Made): boolean => typeof item.id === 'string';

function set(made: Made, [name, ...rest]: string[], value: (name: string) => unknown): void {
  if (name === undefined || ['__proto__', 'constructor', 'prototype'].includes(name)) return;
  if (rest.length === 0) {
    made[name] ??= value(name);
    return;
  }
  const inner = isObject(made[name]) ? made[name] : {};
  made[name] = inner;
  set(inner, rest, value);
}

/** Something that such a member may hold. */
function valueFor(name: string): unknown {
  if (/cents|amount|price|total/i.test(name)) return 4900;
  if (/quantity|count/i.test(name)) return 1;
  if (/customer/i.test(name)) return 'cus_A100';
  if (/period/i.test(name)) return '2026-06';
  if (/currency/i.test(name)) return 'usd';
  if (/email/i.test(name)) return 'customer@example.com';
  if (/date|_at$/i.test(name)) return '2026-06-01T09:00:00Z';
  return `${name}_1`;
}
