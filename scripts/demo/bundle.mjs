// Code steps built as Activepieces builds them: npm packages are installed, the step is bundled into one file, and
// node_modules is deleted. A package that would still need a file of its own then breaks here, as it would there.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { installPacked } from '../lib/install.mjs';
import { root } from '../lib/run.mjs';

/**
 * The packed package, installed into a temporary folder, and Stripe's own beside it.
 *
 * @returns {{ billonce: () => Promise<typeof import('billonce')>,
 *   bundle: (sources: Iterable<string>) => Promise<Map<string, string>>, remove: () => void }}
 *   `bundle` maps each step's source to its file, and takes the installed package away.
 */
export function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'billonce-start-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  installPacked(folder);
  // What some of the steps use beside it.
  symlinkSync(join(root, 'node_modules/stripe'), join(folder, 'node_modules/stripe'), 'junction');

  const installed = join(folder, 'node_modules');
  return {
    billonce: () => import(pathToFileURL(join(installed, 'billonce/index.js')).href),
    bundle: async (sources) => {
      const steps = [...new Set(sources)].map((source, index) => [source, join(folder, `step-${index}`)]);
      const files = await Promise.all(
        steps.map(async ([source, at]) => [source, await bundleStep(source, at)]),
      );
      rmSync(installed, { recursive: true });
      return new Map(files);
    },
    remove,
  };
}

async function bundleStep(source, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.ts'), source);
  await build({
    absWorkingDir: folder,
    entryPoints: ['index.ts'],
    outfile: 'index.js',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    keepNames: true,
    treeShaking: true,
    logLevel: 'warning',
  });
  return join(folder, 'index.js');
}
