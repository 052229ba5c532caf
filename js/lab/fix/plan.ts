import { textsIn } from '../flow/references.ts';
import type { Context, Draft } from '../lint/draft.ts';
import { hasRawKey } from '../lint/raw-key.ts';
import { fileToMend } from './file.ts';
import { planInsertion } from './insert.ts';

/** Mends the file that was linted: gives back a copy. */
export type Mend = (file: unknown) => unknown;

/** How a finding can be mended without knowing more than the flow says; null where that is not safe. */
export function planFix({ rule, call, step }: Draft, context: Context): Mend | null {
  if (rule === 'raw-stripe-key') {
    const found = context.tracing.places.get(step)?.step;
    // In code a text cannot become a reference; in settings it can.
    return found?.type === 'piece' && textHasKey(found.input) ? (file) => fileToMend(file).file : null;
  }
  if (!call || call.key !== null) return null;
  const insertion = planInsertion(call, context);
  return insertion && ((file) => insertion(fileToMend(file)));
}

const textHasKey = (input: unknown): boolean =>
  textsIn(input).some(({ path, text }) => hasRawKey(text, path.at(-1)));
