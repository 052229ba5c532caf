// The lab's page as static files: any host can serve them, from any folder.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../lib/run.mjs';

const at = (...path) => join(root, ...path);
const source = (...path) => at('examples/flow-lab', ...path);

/** Where `npm run lab` puts them. */
export const LAB_FOLDER = at('target/flow-lab');

/**
 * What the page may do, by its own policy: load its own files, and connect to nothing. Its workers are started from blobs, by which they
 * have the same policy wherever the files are served from. `unsafe-eval` is for them: a flow's Code steps are compiled there.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @param {{ folder?: string, pkg?: string, plugins?: import('esbuild').Plugin[] }} [options] `pkg` is the package that it uses. */
export async function buildLab({ folder = LAB_FOLDER, pkg = at('pkg'), plugins = [] } = {}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entries = { page: source('src/page.tsx'), worker: source('src/desk/worker.ts') };
  await bundle(folder, entries, [...plugins, packageIn(pkg)]);
  await bundle(folder, { page: source('style/page.css') }, []);
  const html = readFileSync(source('index.html'), 'utf8').replace('{{policy}}', POLICY);
  writeFileSync(join(folder, 'index.html'), html);
  copyFileSync(source('icon.svg'), join(folder, 'icon.svg'));
  copyFileSync(at(FONT, 'files/inter-latin-wght-normal.woff2'), join(folder, 'inter.woff2'));
  // The thread in which Code steps run finds its file beside whatever asks for it.
  if (existsSync(join(pkg, 'lab-worker.js')))
    copyFileSync(join(pkg, 'lab-worker.js'), join(folder, 'lab-worker.js'));
  writeFileSync(join(folder, 'LICENSES.txt'), licenses(pkg));
}

const FONT = 'node_modules/@fontsource-variable/inter';

function bundle(folder, entryPoints, plugins) {
  return build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    external: ['*.woff2'],
    tsconfig: source('tsconfig.json'),
    plugins,
    logLevel: 'warning',
  });
}

/** `billonce`, by the same names as for everyone who installs it. */
const packageIn = (pkg) => ({
  name: 'package',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^billonce(\/\w+)?$/ }, ({ path }) => ({
      path: join(pkg, `${path.split('/')[1] ?? 'index'}.js`),
    })),
});

function licenses(pkg) {
  const packages = ['node_modules/preact', FONT];
  const texts = packages.map((path) => {
    const { name, version } = JSON.parse(readFileSync(at(path, 'package.json'), 'utf8'));
    return `This page contains ${name} ${version}, under this licence:\n\n${readFileSync(at(path, 'LICENSE'), 'utf8')}`;
  });
  return [
    readFileSync(at('LICENSE'), 'utf8'),
    readFileSync(join(pkg, 'LICENSE-lab.txt'), 'utf8'),
    ...texts,
  ].join('\n\n');
}
