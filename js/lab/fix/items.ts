// What tells the items of a loop apart in a key.
import type { LoopStep } from '../types.ts';

/** Members that hold an item's own id, the surest first. Those of what is sold, such as product_id, repeat within a list. */
export const ITEM_IDS = ['id', 'line_id', 'line_item_id', 'item_id', 'invoice_item_id', 'uuid'];

/** The inputs of the Code step that tell of the loops around it, outermost first. */
export function loopInputs(
  loops: readonly LoopStep[],
  output: (step: string, member: string) => string,
): { item: string; index: string; list: unknown }[] {
  return loops.map(({ name, items }) => ({
    item: output(name, 'item'),
    index: output(name, 'index'),
    list: items,
  }));
}

/** The source of `tellApart(loops)`: the items' own ids where each has one that no other has, else the indexes. */
export const TELL_APART = `
// An item's own id stays with it when the list's order changes; its index does not. Ids that repeat in a list tell nothing.
const IDS = ${JSON.stringify(ITEM_IDS).replaceAll('"', "'").replaceAll(',', ', ')};

const idOf = (item) =>
  IDS.map((name) => item?.[name]).find((id) => (typeof id === 'string' && id !== '') || typeof id === 'number');

function ownId({ item, list }) {
  const ids = Array.isArray(list) ? list.map(idOf) : [];
  const id = idOf(item);
  const isItsOwn = ids.every((it) => it !== undefined) && new Set(ids.map(String)).size === ids.length;
  return id !== undefined && isItsOwn && ids.length > 0 ? encodeURIComponent(id) : null;
}

function tellApart(loops) {
  const ids = loops.map(ownId);
  return ids.includes(null) ? { loop_index: loops.map(({ index }) => index) } : { loop_item: ids.join('/') };
}
`;
