// A list that comes in another order when a run is repeated, and which item a place of such a run stands for.

/** Of one event: how long the lists are that its runs go through, and which runs have them the other way round. */
export class Orders {
  readonly #reorders: boolean;
  /** By execution and loop: the length of the list that it is in. */
  readonly #lengths = new Map<string, number>();

  constructor(reorders: boolean) {
    this.#reorders = reorders;
  }

  /** The items that a loop gets. The first execution of an event has them as they are. */
  itemsOf(loop: string, items: unknown[], execution: number): unknown[] {
    this.#lengths.set(`${execution} ${loop}`, items.length);
    return this.#isOther(execution) ? items.toReversed() : items;
  }

  /**
   * The same item has the same indexes in every execution.
   *
   * @param loops The loops around the step, outermost first.
   */
  original(loops: readonly string[], indexes: readonly number[], execution: number): number[] {
    if (!this.#isOther(execution)) return [...indexes];
    return indexes.map((index, at) => {
      const length = this.#lengths.get(`${execution} ${loops[at] ?? ''}`);
      return length === undefined ? index : length + 1 - index;
    });
  }

  #isOther = (execution: number): boolean => this.#reorders && execution > 1;
}
