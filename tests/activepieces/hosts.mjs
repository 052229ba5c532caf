// The two places in which a self-hosted Activepieces runs a Code step.
import { fork, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { broughtNode } from '../support/hosts.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * One run of a bundle. `shape` is the name of its export: Activepieces' own `code(inputs)`, or `run({ inputs })`. The
 * clock stands still at `now`.
 *
 * @typedef {{ bundle: string, shape: 'code' | 'run', inputs: unknown, now: number }} Run
 *
 * What became of it: the step's output as JSON text, or its error.
 * @typedef {{ output: string } | { error: { name: string, message: string, code?: string, field?: string } }} Result
 */

/**
 * In a child `node`, as in the modes UNSANDBOXED and SANDBOX_PROCESS. Inputs and outputs cross as JSON.
 *
 * @param {Run[]} runs
 * @returns {Promise<{ version: string, results: Result[] }>}
 */
export function runInNode(runs) {
  return inChild(here('node-host.cjs'), { execArgv: [] }, runs);
}

/**
 * In a bare V8 isolate of 128 MB, as in SANDBOX_CODE_AND_PROCESS. `globals` is what `typeof` says of names that other
 * hosts have, asked inside the isolate.
 *
 * @param {Run[]} runs
 * @returns {Promise<{ version: string, globals: Record<string, string>, results: Result[] }>}
 */
export function runInIsolate(runs, node = isolateNode()) {
  // isolated-vm's README asks for the flag from Node 20 on.
  return inChild(here('isolate-host.cjs'), { execPath: node, execArgv: ['--no-node-snapshot'] }, runs);
}

/** A node that isolated-vm has a binary for: this one, or the one that tests/hosts brings. Null where there is none. */
export function isolateNode() {
  return [process.execPath, broughtNode(22)].find(loadsIsolate) ?? null;
}

/** Whether isolated-vm has a binary for a node. */
export function loadsIsolate(node) {
  const args = ['--no-node-snapshot', '--eval', "require('isolated-vm')"];
  return existsSync(node) && spawnSync(node, args, { cwd: here('../hosts'), stdio: 'ignore' }).status === 0;
}

/** Says, where nobody can miss it, that tests of the isolate are not run. */
export function warnIsolateNotRun(what) {
  const reason = `isolated-vm has no binary for ${process.version} on ${process.platform}-${process.arch}`;
  console.warn(`\nNOT RUN: ${what}: ${reason}. Run the tests on Node 22 or 24 to include it.\n`);
}

function inChild(file, options, runs) {
  return new Promise((resolve, reject) => {
    const child = fork(file, [], options);
    let answer;
    child.on('message', (message) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (!answer) reject(new Error(`${file} ended without an answer (${signal ?? code})`));
      else resolve({ ...answer, results: answer.results.map(asText) });
    });
    child.send(runs);
  });
}

const asText = ({ output, error }) => (error ? { error } : { output: JSON.stringify(output) });
