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
  /** Whether it does not run: it, or what it sits in, is switched off. */
  skipped: boolean;
}

export function* everyPlace(
  steps: readonly FlowStep[],
  { loops, branches, skipped: outer }: Omit<Place, 'step'> = { loops: [], branches: [], skipped: false },
): Generator<Place> {
  for (const step of steps) {
    const skipped = outer || step.skip;
    yield { step, loops, branches, skipped };
    if (step.type === 'loop') yield* everyPlace(step.steps, { loops: [...loops, step], branches, skipped });
    if (step.type !== 'router') continue;
    for (const [at, branch] of step.branches.entries()) {
      yield* everyPlace(branch.steps, { loops, branches: [...branches, { router: step, at }], skipped });
    }
  }
}
