// A worker: a process of its own in which a flow's steps run, one message each way, as in Activepieces' UNSANDBOXED mode.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('worker-process.mjs', import.meta.url));

/** What a step's caller gets when the process that ran it is gone. */
export class WorkerDied extends Error {}

export class Worker {
  #child = null;
  #waiting = new Map();
  #asked = 0;

  /** Runs a bundled Code step. @param {string} file @param {object} input */
  code(file, input) {
    return this.#ask({ kind: 'code', file, input });
  }

  /** Runs the HTTP piece's `send_request`. @param {object} input */
  http(input) {
    return this.#ask({ kind: 'http', input });
  }

  /** Ends the process without a warning, whatever it is doing. The next step starts another. */
  kill() {
    this.#child?.kill('SIGKILL');
    this.#gone(this.#child);
  }

  #ask(job) {
    return new Promise((resolve, reject) => {
      const id = this.#asked++;
      this.#waiting.set(id, { resolve, reject });
      this.#process().send({ id, ...job });
    });
  }

  #process() {
    if (this.#child) return this.#child;
    const child = fork(PROGRAM, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', ({ id, output, error }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(output);
      else waiting?.reject(new Error(error));
    });
    child.on('exit', () => this.#gone(child));
    child.on('error', () => this.#gone(child));
    this.#child = child;
    return child;
  }

  #gone(child) {
    if (child === null || child !== this.#child) return;
    this.#child = null;
    for (const { reject } of this.#waiting.values()) reject(new WorkerDied('the worker died'));
    this.#waiting.clear();
  }
}
