const macrotask = setImmediate;

/**
 * Time that passes only when nobody has anything left to do: the next thing that was planned is then done at once. So
 * days take milliseconds, and the same plans happen in the same order.
 */
export class VirtualTime {
  #now;
  #planned = [];
  #count = 0;

  constructor(start) {
    this.#now = start;
  }

  now = () => this.#now;

  /** What it returns takes the plan back. */
  in(ms, act) {
    const plan = { at: this.#now + Math.max(0, Math.round(ms)), order: this.#count++, act };
    push(this.#planned, plan);
    return () => {
      plan.act = null;
    };
  }

  pass = (ms) => new Promise((done) => this.in(ms, done));

  /** Until nothing is planned any more. */
  async run() {
    for (let next = pop(this.#planned); next; next = pop(this.#planned)) {
      if (!next.act) continue;
      this.#now = next.at;
      next.act();
      // Everything that follows from it without waiting happens before the macrotask.
      await new Promise((done) => macrotask(done));
    }
  }

  /** Makes it the host's time while `work` runs, with `random` for the host's random numbers. */
  async asHostTime(random, work) {
    const { setTimeout, clearTimeout } = globalThis;
    const { now } = Date;
    const { random: hostRandom } = Math;
    globalThis.setTimeout = (act, ms) => this.in(ms, act);
    globalThis.clearTimeout = (takeBack) => takeBack?.();
    Date.now = this.now;
    Math.random = random;
    try {
      return await work();
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Date.now = now;
      Math.random = hostRandom;
    }
  }
}

// A binary heap: the earliest plan first, and of two at one moment the one that was made first.

const before = (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap, plan) {
  let at = heap.push(plan) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(heap[at], heap[parent])) return;
    [heap[at], heap[parent]] = [heap[parent], heap[at]];
    at = parent;
  }
}

function pop(heap) {
  const first = heap[0];
  const last = heap.pop();
  if (heap.length === 0) return first;
  heap[0] = last;
  for (let at = 0; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && before(heap[child], heap[least])) least = child;
    }
    if (least === at) return first;
    [heap[at], heap[least]] = [heap[least], heap[at]];
    at = least;
  }
}
