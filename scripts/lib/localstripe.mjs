// PyPI's localstripe, for the deep suite: in a virtual environment of its own in target/, from a list of pinned versions.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { root } from './run.mjs';

const WANTED = 'tests/support/localstripe/requirements.txt';
const HOME = join(root, 'target/localstripe');
const STAMP = join(HOME, 'installed');
const PYTHON = join(HOME, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/**
 * Installs it, unless it is there. A machine without Python or without its packages is no failure: the tests then say
 * that they were not run, and why.
 *
 * @returns {{ python: string } | { missing: string }}
 */
export function installLocalstripe() {
  const wanted = fingerprint(root, [WANTED]);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return { python: PYTHON };
  rmSync(HOME, { recursive: true, force: true });
  const missing =
    makeEnvironment() ?? run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--requirement', WANTED]);
  if (missing) return { missing };
  writeFileSync(STAMP, wanted);
  return { python: PYTHON };
}

function makeEnvironment() {
  const failed = (python) => run(python, ['-m', 'venv', HOME]);
  const why = failed('python3');
  return why && failed('python') ? why : null;
}

/** Why it failed, in a line; or null. */
function run(command, args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (error) return `${command} could not be started (${error.code})`;
  const said = `${stdout}${stderr}`.trim().split('\n').at(-1);
  return status === 0 ? null : `${command} ${args.slice(0, 3).join(' ')} failed: ${said}`;
}
