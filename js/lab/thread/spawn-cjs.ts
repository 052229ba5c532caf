// The same for lab.cjs, which the build gives this module in spawn.ts's place.
import { type Heard, spawnInNode, type Thread } from './spawn-in-node.ts';

declare const __dirname: string;

export const spawn = (heard: Heard): Thread => spawnInNode(`${__dirname}/lab-worker.js`, heard);
