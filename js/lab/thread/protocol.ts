// What goes between the thread and its supervisor. All of it can be cloned.
import type { BillonceError } from '../../index.ts';

/** To the thread, once. */
export interface Order {
  job: string;
  input: unknown;
  /** In which the thread says what step it is in; null where the host shares no memory. */
  shared: SharedArrayBuffer | null;
}

/** From the thread. */
export type Told =
  | { kind: 'progress'; done: number; total: number; note: string | null }
  /** Without shared memory: code of this step begins to run, or (null) does no more. */
  | { kind: 'step'; name: string | null }
  | { kind: 'done'; value: unknown }
  | { kind: 'refused'; code: BillonceError['code']; field: string; message: string }
  | { kind: 'failed'; message: string };

/** The shared memory: how often a step was entered, whether one runs, its name's length, its name in ASCII. */
export const SHARED = { entered: 0, runs: 1, length: 2, name: 3, size: 3 + 64 };
