// What a run knows: each step's output, those of a loop's steps within its iterations. In the shape of Activepieces' run log, which references reach.

/** A step that has ended. */
export interface StepRecord {
  status: 'SUCCEEDED' | 'FAILED';
  output: unknown;
  errorMessage?: string;
}

export interface LoopOutput {
  item: unknown;
  index: number;
  iterations: Frame[];
}

/** The steps of the flow, or of one iteration of a loop. */
export type Frame = Record<string, StepRecord>;

export const newFrame = (): Frame => Object.create(null);

/** Where in the flow a run is: the frames from the outermost on, and the index of each loop around. */
export interface Place {
  frames: readonly Frame[];
  indices: readonly number[];
}

/** The innermost step of that name. */
export function recordOf({ frames }: Place, name: string): StepRecord | undefined {
  for (let at = frames.length - 1; at >= 0; at--) {
    const record = (frames[at] as Frame)[name];
    if (record) return record;
  }
  return undefined;
}

/** Of a run that is to go on at its failed step: what failed has not happened. */
export function forgetFailures(frame: Frame): void {
  for (const [name, { status, output }] of Object.entries(frame)) {
    for (const iteration of (output as LoopOutput | undefined)?.iterations ?? []) {
      if (typeof iteration === 'object' && iteration !== null && Object.getPrototypeOf(iteration) === null) {
        forgetFailures(iteration);
      }
    }
    if (status === 'FAILED') delete frame[name];
  }
}
