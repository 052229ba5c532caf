// Outside the thread: how long the step has been running that the thread is in.
import { SHARED } from './protocol.ts';

export class Watchdog {
  readonly shared: SharedArrayBuffer | null;
  readonly #memory: Int32Array | null;
  #told: string | null = null;
  #entered = -1;
  #since = Date.now();

  constructor() {
    this.shared = typeof SharedArrayBuffer === 'function' ? new SharedArrayBuffer(SHARED.size * 4) : null;
    this.#memory = this.shared && new Int32Array(this.shared);
  }

  /** Where no memory is shared, the thread says it. */
  told(step: string | null): void {
    this.#told = step;
    this.#since = Date.now();
  }

  /** The step whose code runs, if any. */
  step(): string | null {
    const memory = this.#memory;
    if (!memory) return this.#told;
    if (Atomics.load(memory, SHARED.runs) === 0) return null;
    const length = Atomics.load(memory, SHARED.length);
    return String.fromCharCode(...memory.subarray(SHARED.name, SHARED.name + length));
  }

  /** The step that has been running for longer than this. To be asked several times in that time. */
  overdue(limit_ms: number): string | null {
    const memory = this.#memory;
    if (memory) {
      const entered = Atomics.load(memory, SHARED.entered);
      if (entered !== this.#entered) {
        this.#entered = entered;
        this.#since = Date.now();
      }
    }
    return Date.now() - this.#since > limit_ms ? this.step() : null;
  }
}
