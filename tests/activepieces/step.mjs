// Builds Code steps the way Activepieces does: installed, bundled with esbuild, and then node_modules is deleted.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packedFixture, writeFiles } from '../support/packed.mjs';

const PLAIN = { bundle: true, platform: 'node', format: 'cjs' };

/** esbuild's options as older servers give them, and as newer ones do. */
export const BUILDS = {
  plain: PLAIN,
  minified: { ...PLAIN, target: 'node20', minify: true, keepNames: true, treeShaking: true },
};

/**
 * Builds steps with each of the builds.
 *
 * @param {Record<string, string | Record<string, string>>} steps A step's source, or its files with `index.ts` among them.
 * @returns {Promise<Record<string, Record<keyof typeof BUILDS, string>>>} The bundles' paths, by step and build.
 */
export async function buildSteps(steps) {
  const { folder, scratch } = packedFixture();
  const top = mkdtempSync(join(scratch, 'steps-'));
  cpSync(join(folder, 'node_modules'), join(top, 'node_modules'), { recursive: true });
  const bundles = {};
  for (const [name, source] of Object.entries(steps)) {
    const at = join(top, name);
    const files = typeof source === 'string' ? { 'index.ts': source } : source;
    writeFiles(at, files);
    bundles[name] = {};
    for (const [title, options] of Object.entries(BUILDS)) {
      const outfile = join(at, `${title}.cjs`);
      await build({ ...options, absWorkingDir: at, entryPoints: ['index.ts'], outfile, logLevel: 'error' });
      bundles[name][title] = outfile;
    }
  }
  rmSync(join(top, 'node_modules'), { recursive: true });
  return bundles;
}
