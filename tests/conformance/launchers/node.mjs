// What the two launchers for plain Node share.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { consumer } from '../../support/packed.mjs';

/** Runs a program beside the suite, in a folder where billonce is installed. */
export async function runInFolder(file, program, suite) {
  const cwd = consumer({ ...suite, [file]: program });
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd, maxBuffer: 1 << 26 });
  return { version: `node ${process.versions.node}`, ...JSON.parse(stdout) };
}
