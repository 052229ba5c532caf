// What is written at once is waited for once: the runtime writes what one turn of the event loop has changed to disk in one piece,
// and lets nothing out before it is there.

/** Puts the work of those who are busy at the same time into one turn. Each piece of work is synchronous, and stands for itself. */
export class Turns {
  private busy = 0;
  private waiting: (() => void)[] = [];

  /** Runs what has several turns; as long as there is one alone, none of its turns waits for others. */
  async during<T>(all: () => Promise<T>): Promise<T> {
    this.busy++;
    try {
      return await all();
    } finally {
      this.busy--;
    }
  }

  /** Runs `work` in the turn that is next, and answers as it does. */
  next<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((done, fail) => {
      const run = () => {
        try {
          done(work());
        } catch (cause) {
          fail(cause);
        }
      };
      if (this.busy < 2 && this.waiting.length === 0) return run();
      this.waiting.push(run);
      if (this.waiting.length === 1) setTimeout(() => this.turn(), 0);
    });
  }

  private turn(): void {
    const all = this.waiting;
    this.waiting = [];
    for (const run of all) run();
  }
}
