import type { FlowStep, LoopStep, RouterStep } from '../types.ts';

/** Every step, in the order of the screen. Nesting is limited by the reader. */
export function* everyStep(steps: readonly FlowStep[]): Generator<FlowStep> {
  for (const { step } of everyPlace(steps)) yield step;
}

/** A step and what it sits in, outermost first. */
export interface Place {
  step: FlowStep;
  loops: readonly LoopStep[];
  branches: readonly { router: RouterStep; at: number }[];
}

export function* everyPlace(
  steps: readonly FlowStep[],
  { loops, branches }: Omit<Place, 'step'> = { loops: [], branches: [] },
): Generator<Place> {
  for (const step of steps) {
    yield { step, loops, branches };
    if (step.type === 'loop') yield* everyPlace(step.steps, { loops: [...loops, step], branches });
    if (step.type !== 'router') continue;
    for (const [at, branch] of step.branches.entries()) {
      yield* everyPlace(branch.steps, { loops, branches: [...branches, { router: step, at }] });
    }
  }
}
