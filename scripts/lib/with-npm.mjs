// npm passes a signal on but cannot pass on SIGKILL: what it started, by a shell of its own, ends with it here.
import { readFileSync } from 'node:fs';

/** Calls `stop` when npm is gone, where `npm run <command>` started this. */
export function stopWithNpm(command, stop) {
  if (process.env.npm_lifecycle_event !== command) return;
  const above = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const before = above();
  setInterval(() => {
    if (above() !== before) stop();
  }, 200).unref();
}

/** The parent of a process, where the system tells it in a file (proc(5)); elsewhere only our own parent is known. */
function parentOf(pid) {
  try {
    // The name before it stands in parentheses and may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1];
  } catch {
    return '';
  }
}
