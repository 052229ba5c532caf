// The world's clock, and who waits for what. Whoever waits is called back when it has come.
import type { Happened, World } from '../world/types.ts';

export class Clock {
  readonly world: World;
  readonly #waiting = new Map<number, (happened: Happened) => void>();

  constructor(world: World) {
    this.world = world;
  }

  when(ticket: number, then: (happened: Happened) => void): void {
    this.#waiting.set(ticket, then);
  }

  /** What it gives calls it off: the clock does not go on for it. */
  after(ms: number, then: () => void): () => void {
    const ticket = this.world.sleep(ms);
    this.when(ticket, then);
    return () => this.#waiting.delete(ticket);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.when(this.world.sleep(ms), () => resolve()));
  }

  /** Moves to the next thing that somebody waits for; false where there is none. */
  step(): boolean {
    if (this.#waiting.size === 0) return false;
    const happened = this.world.next();
    if (!happened) return false;
    const then = this.#waiting.get(happened.ticket);
    this.#waiting.delete(happened.ticket);
    then?.(happened);
    return true;
  }
}
