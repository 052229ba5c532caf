// What users build with. Each takes the folder of a project, where `billonce` is installed, and leaves its output there.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { build } from 'vite';
import webpack from 'webpack';

export async function viteApp(root, entry) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { rollupOptions: { input: entry, output: { entryFileNames: 'out.mjs' } } },
  });
  return 'dist/out.mjs';
}

export async function viteServer(root, entry) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: { ssr: entry, rollupOptions: { output: { entryFileNames: 'out.mjs' } } },
  });
  return 'dist/out.mjs';
}

/** A bundle for `target`, `web` or `node`. */
export async function webpackFor(target, context, entry) {
  const options = { context, entry: `./${entry}`, target, mode: 'production' };
  const output = { path: join(context, 'dist'), filename: 'out.js' };
  const stats = await new Promise((resolve, reject) => {
    webpack({ ...options, output, performance: false }, (error, made) =>
      error ? reject(error) : resolve(made),
    );
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const problems = [...errors, ...warnings].map(({ message }) => message);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return 'dist/out.js';
}

export async function rollupModule(folder, entry) {
  const onwarn = ({ message }) => {
    throw new Error(message);
  };
  const bundle = await rollup({ input: join(folder, entry), plugins: [nodeResolve()], onwarn });
  await bundle.write({ file: join(folder, 'dist/out.mjs'), format: 'es' });
  await bundle.close();
  return 'dist/out.mjs';
}

const require = createRequire(import.meta.url);
const ofWrangler = (name) => require(require.resolve(name, { paths: [require.resolve('wrangler')] }));

/** Whether this machine can run what wrangler builds. */
export function workerdStarts() {
  try {
    return spawnSync(ofWrangler('workerd').default, ['--version'], { stdio: 'ignore' }).status === 0;
  } catch {
    return false;
  }
}

const COMPATIBLE_SINCE = '2026-01-01';

/** `wrangler deploy --dry-run`, which stays off the network, as does the rest once it may not look for updates. */
export async function wranglerDryRun(cwd, entry) {
  const wrangler = fileURLToPath(new URL('node_modules/wrangler/bin/wrangler.js', import.meta.url));
  const options = ['--name', 'worker', '--compatibility-date', COMPATIBLE_SINCE, '--outdir', 'dist'];
  const env = {
    ...process.env,
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_LOG_PATH: join(cwd, 'logs'),
    XDG_CONFIG_HOME: join(cwd, 'config'),
  };
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [wrangler, 'deploy', entry, '--dry-run', ...options], { cwd, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(said))));
  });
  return `dist/${basename(entry, extname(entry))}.js`;
}

/** What a Worker that wrangler built answers, in the workerd that wrangler brings. */
export async function askWorker(folder, file) {
  const { Miniflare } = ofWrangler('miniflare');
  const worker = new Miniflare({
    modules: true,
    modulesRoot: dirname(join(folder, file)),
    scriptPath: join(folder, file),
    modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    compatibilityDate: COMPATIBLE_SINCE,
    cf: false,
  });
  try {
    const response = await worker.dispatchFetch('http://worker.test/');
    return await response.text();
  } finally {
    await worker.dispose();
  }
}
