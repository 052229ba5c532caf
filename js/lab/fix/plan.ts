import { textsIn } from '../flow/references.ts';
import type { Context, Draft } from '../lint/draft.ts';
import { hasRawKey } from '../lint/raw-key.ts';
import { fileToMend, type Mend } from './file.ts';
import { planInsertion } from './insert.ts';

/** How a finding can be mended without knowing more than the flow says; null where that is not safe. */
export function planFix({ rule, call, step }: Draft, context: Context): Mend | null {
  if (rule === 'raw-stripe-key') {
    const found = context.tracing.places.get(step)?.step;
    // In code a text cannot become a reference; in settings it can, and becomes one in every mended file.
    return found?.type === 'piece' && textHasKey(found.input) ? () => {} : null;
  }
  return call && call.key === null ? planInsertion(call, context) : null;
}

const textHasKey = (input: unknown): boolean =>
  textsIn(input).some(({ path, text }) => hasRawKey(text, path.at(-1)));

/** A copy of the file with all of that done. */
export function mendedBy(mends: readonly Mend[], text: string): unknown {
  const mended = fileToMend(text);
  for (const mend of mends) mend(mended);
  return mended.file;
}
