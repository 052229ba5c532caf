// Which step's code is running, for whoever stands outside the thread and counts the time. A thread replaces these.

export const watch = {
  /** The thread is about to run code of this step. */
  enter: (_step: string): void => {},
  /** It waits, or does something of its own. */
  leave: (): void => {},
};
