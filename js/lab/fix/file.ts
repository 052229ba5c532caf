import { unwrap } from '../flow/file.ts';
import { type Fields, isObject, own } from '../flow/plain.ts';
import { withoutRawKeys } from '../lint/raw-key.ts';

/** A copy of the file, and its steps by name with what holds them. */
export interface MendedFile {
  file: Fields;
  steps: Map<string, { step: Fields; holder: Fields | unknown[]; at: string | number }>;
}

/** Changes such a copy. */
export type Mend = (mended: MendedFile) => void;

/** What stands in the place of a raw key: a connection of that name, which the flow's owner makes. */
const CONNECTION = "{{connections['stripe_key']}}";

/** Raw Stripe keys are taken out: what is made here may be sent on. */
export function fileToMend(text: string): MendedFile {
  const file = JSON.parse(text, (name, value) => {
    if (typeof value !== 'string') return value;
    return withoutRawKeys(value, name === 'code' ? 'KEY_TAKEN_OUT' : CONNECTION, name);
  }) as Fields;
  const steps: MendedFile['steps'] = new Map();
  const { body } = unwrap(file);
  const waiting: [Fields | unknown[], string | number][] = [[body, 'trigger']];
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const [holder, at] = place;
    const step = (holder as Record<string | number, unknown>)[at];
    if (!isObject(step)) continue;
    steps.set(String(step.name), { step, holder, at });
    for (const next of ['nextAction', 'firstLoopAction', 'onSuccessAction', 'onFailureAction'])
      waiting.push([step, next]);
    const children = own(step, 'children');
    if (Array.isArray(children))
      waiting.push(...children.map((_, index): [unknown[], number] => [children, index]));
  }
  return { file, steps };
}
