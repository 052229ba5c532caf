// Runs a flow once in an undisturbed world, and tells all of it.
import { readFlow } from '../flow/read.ts';
import type { Run, StripeCallMade } from '../run/lab.ts';
import { openLab } from '../run/open.ts';
import type { TimelineEvent } from '../run/types.ts';
import type { WorldCharge, WorldSettings } from '../world/types.ts';
import { openWorld } from '../world/world.ts';

export interface RunOnce {
  /** The exported file. */
  flow: unknown;
  payload: unknown;
  connections: Record<string, unknown>;
  world: WorldSettings;
  /** Whether the events are wanted. */
  timeline: boolean;
}

export interface RanOnce {
  runs: readonly Run[];
  calls: Omit<StripeCallMade, 'run'>[];
  charges: WorldCharge[];
  logs: readonly { run: string; text: string }[];
  timeline: TimelineEvent[];
}

export async function runOnce(input: RunOnce): Promise<RanOnce> {
  const world = openWorld(input.world);
  const timeline: TimelineEvent[] = [];
  const lab = openLab({
    flow: readFlow(input.flow),
    world,
    connections: input.connections,
    answerOf: () => ({ status: 200, body: {} }),
    outputs: {},
    fateOf: () => ({}),
    tell: (event) => {
      if (input.timeline) timeline.push(event);
    },
  });
  lab.deliver(input.payload);
  await lab.settle();
  return {
    runs: lab.runs(),
    calls: lab.calls().map(({ run: _, ...call }) => call),
    charges: world.charges(),
    logs: lab.logs(),
    timeline,
  };
}
