import { isObject, own } from '../flow/plain.ts';
import { referencesIn, textsIn } from '../flow/references.ts';
import type { Place } from '../flow/walk.ts';
import type { TriggerStep } from '../types.ts';

/** Members that hold the event's own id, the surest first: the same for every delivery of it, and of no other event. */
const EVENT_IDS = ['external_event_id', 'event_id', 'webhook_delivery_id', 'delivery_id', 'invoice_id', 'id'];

/**
 * A reference to the event's own id; null where the flow and the payload show none.
 *
 * @param payload What the trigger gets, where it is known.
 */
export function eventIdOf(
  trigger: TriggerStep,
  places: Iterable<Place>,
  payload: unknown,
  olderSyntax: boolean,
): string | null {
  const referred = referredIds(places);
  const known = isObject(payload) ? payload : {};
  for (const name of EVENT_IDS) {
    const found = referred.get(name);
    if (found) return found;
    if (isId(own(known, name))) return memberOfEvent(trigger, name, olderSyntax);
  }
  return null;
}

/** A reference to a member of what the trigger gets. */
export function memberOfEvent(trigger: TriggerStep, name: string, olderSyntax: boolean): string {
  const path = `${olderSyntax ? '' : "['output']"}${isWebhook(trigger) ? "['body']" : ''}['${name}']`;
  return `{{${trigger.name}${path}}}`;
}

const isId = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** Its payload is the request's body; any other trigger's is its output. */
const isWebhook = ({ piece }: TriggerStep): boolean => piece === null || /webhook/.test(piece);

/** Those that the flow itself takes from its trigger, by name. */
function referredIds(places: Iterable<Place>): Map<string, string> {
  const found = new Map<string, string>();
  for (const { step } of places) {
    if (step.type !== 'code' && step.type !== 'piece') continue;
    for (const { text } of textsIn(step.input)) {
      for (const [template] of text.matchAll(/\{\{[^{}]*\}\}/g)) {
        const [reference, ...more] = referencesIn(template);
        if (!reference?.alone || more.length > 0 || reference.root !== 'trigger') continue;
        const { path } = reference;
        const name = path.at(-1) ?? '';
        // `body.customer.id` is the customer's.
        const isTop = path.length === 1 || (path.length === 2 && path[0] === 'body');
        if (isTop && EVENT_IDS.includes(name) && !found.has(name)) found.set(name, template);
      }
    }
  }
  return found;
}
