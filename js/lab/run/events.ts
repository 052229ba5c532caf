// Tells the timeline.
import type { World } from '../world/types.ts';
import type { LabSettings, Run } from './lab.ts';
import type { TimelineEvent } from './types.ts';

/** Where in a run something happens. */
export interface Whereabouts {
  step: string;
  indices: readonly number[];
}

export type Teller = (
  kind: TimelineEvent['kind'],
  run: Run,
  text: string,
  at?: Whereabouts | null,
  more?: Partial<TimelineEvent>,
) => void;

/** Times count from the first event. */
export function teller(world: World, tell: LabSettings['tell']): Teller {
  let first: number | undefined;
  return (kind, run, text, at = null, more = {}) => {
    first ??= world.now();
    const event: TimelineEvent = { at: world.now() - first, kind, run: run.name, text };
    if (at) {
      event.step = at.step;
      if (at.indices.length > 0) event.loop_index = [...at.indices];
    }
    tell(Object.assign(event, more));
  };
}
