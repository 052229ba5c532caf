// What the lab does in a thread of its own: a flow's Code steps run there, and a step that never ends is ended with the thread.

/** One kind of job: it gets what can be cloned, and gives what can be cloned. */
export type Job = (input: never, context: JobContext) => Promise<unknown>;

export interface JobContext {
  /** Tells how far it is; what it says is passed on to the caller's `progress`. */
  progress(done: number, total: number, note?: string): void;
}
