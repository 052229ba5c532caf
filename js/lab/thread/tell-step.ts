// In the thread: tells which step's code runs, so that one that never ends can be named.
import { watch } from '../sandbox/watch.ts';
import { SHARED } from './protocol.ts';

// Taken from the thread, like all that is not the language, before the first step runs.
const atomics = globalThis.Atomics;

export function tellSteps(shared: SharedArrayBuffer | null, post: (name: string | null) => void): void {
  Object.assign(watch, shared ? byMemory(new Int32Array(shared)) : byMessages(post));
}

function byMemory(memory: Int32Array): typeof watch {
  let written = '';
  return {
    enter(name) {
      if (name !== written) {
        written = name;
        for (let at = 0; at < name.length; at++) memory[SHARED.name + at] = name.charCodeAt(at);
        memory[SHARED.length] = name.length;
      }
      atomics.add(memory, SHARED.entered, 1);
      atomics.store(memory, SHARED.runs, 1);
    },
    leave: () => void atomics.store(memory, SHARED.runs, 0),
  };
}

function byMessages(post: (name: string | null) => void): typeof watch {
  let told: string | null = null;
  const tell = (name: string | null): void => {
    if (name === null && told === null) return;
    told = name;
    post(name);
  };
  return { enter: tell, leave: () => tell(null) };
}
