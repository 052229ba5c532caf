// The packed tarball, installed as a user installs it: tests run what is published, not the source tree. This is vitest's
// `globalSetup`: it packs once for the whole run, and tells the test files where by an environment variable.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installPacked } from '../../scripts/lib/install.mjs';
import { root, Stop } from '../../scripts/lib/run.mjs';

const SHARED = 'BILLONCE_PACKED';

/**
 * The tarball, and a folder whose node_modules has it. `scratch` is for test files that must not find it: nothing is
 * installed in or above it. All three are removed at the end of the run.
 *
 * @returns {{ folder: string, tarball: string, scratch: string }}
 */
export function packedFixture() {
  const shared = process.env[SHARED];
  if (!shared) throw new Stop('tests/support/packed.mjs is no globalSetup of this vitest configuration');
  return JSON.parse(shared);
}

/** A folder of its own, holding `files`, in which `billonce` is the packed one. */
export function consumer(files) {
  const { folder } = packedFixture();
  const own = mkdtempSync(join(folder, 'consumer-'));
  writeFiles(own, files);
  return own;
}

/** Writes files, given as texts by path, and the folders that they need. */
export function writeFiles(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** For vitest: what it returns undoes it. */
export function setup() {
  const top = mkdtempSync(join(tmpdir(), 'billonce-packed-'));
  const remove = () => rmSync(top, { recursive: true, force: true });
  try {
    process.env[SHARED] = JSON.stringify(makeFixture(top));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

function makeFixture(top) {
  if (!existsSync(join(root, 'pkg/package.json'))) {
    throw new Stop('pkg/ is missing: `npm run build` makes it, and `npm test` does so itself');
  }
  const folder = join(top, 'app');
  const scratch = join(top, 'scratch');
  mkdirSync(folder);
  mkdirSync(scratch);
  const tarball = installPacked(folder, top);
  return { folder, tarball, scratch };
}
