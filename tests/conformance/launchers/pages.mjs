// The suite as web pages. Each shows its result as the page's text; asked with `?post`, it posts it to the server too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { consumer, packedFixture } from '../../support/packed.mjs';
import { servePages } from '../../support/pages.mjs';
import { runModule } from '../suite.mjs';

const SHOW = `
export function show(result) {
  const text = JSON.stringify(result);
  if (location.search === '?post') fetch('/', { method: 'POST', body: text });
  document.body.textContent = text;
  document.body.id = 'shown';
}
`;

const PROGRAMS = {
  main: `
    import { run } from './run.mjs';
    import { show } from './show.mjs';
    show(await run());`,
  worker: `
    import { show } from './show.mjs';
    new Worker('/in-worker.mjs', { type: 'module' }).onmessage = ({ data }) => show(data);`,
  'service-worker': `
    import { show } from './show.mjs';
    navigator.serviceWorker.onmessage = ({ data }) => show(data);
    // Firefox before 147 takes no module there, and gets what a bundler makes of it.
    await navigator.serviceWorker
      .register('/in-service-worker.mjs', { type: 'module' })
      .catch(() => navigator.serviceWorker.register('/in-service-worker.js'));
    (await navigator.serviceWorker.ready).active.postMessage('run');`,
  refused: `
    import { billonce } from './run.mjs';
    import { show } from './show.mjs';
    const event = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
    const refusal = (call) => {
      try {
        return call();
      } catch (error) {
        const { code, field, message } = error;
        return { ours: error instanceof billonce.BillonceError, code, field, message };
      }
    };
    show([refusal(() => billonce.idempotencyKey(event)), refusal(() => billonce.guard({}).charge(event))]);`,
};

const IN_WORKER = `
import { run } from './run.mjs';
postMessage(await run());
`;

const IN_SERVICE_WORKER = `
import { run } from './run.mjs';
addEventListener('message', async ({ source }) => source.postMessage(await run()));
`;

/** The service worker as one script. */
function bundledServiceWorker(suite) {
  const { outputFiles } = buildSync({
    absWorkingDir: consumer({ ...suite, 'in-service-worker.mjs': IN_SERVICE_WORKER }),
    entryPoints: ['in-service-worker.mjs'],
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

const page = (program) => `<!doctype html><title>billonce</title><body>
<script type="module" src="/${program}.mjs"></script>`;

const STRICT = "default-src 'none'; script-src 'self'";

/** What serves the pages `main`, `worker`, `service-worker`, `csp`, and `refused`, whose policy forbids WebAssembly. */
export function serveSuite(suite) {
  const packed = join(packedFixture().folder, 'node_modules/billonce/index.js');
  const files = {
    ...suite,
    'run.mjs': runModule('/billonce/index.js'),
    'billonce/index.js': readFileSync(packed, 'utf8'),
    'show.mjs': SHOW,
    'in-worker.mjs': IN_WORKER,
    'in-service-worker.mjs': IN_SERVICE_WORKER,
    'in-service-worker.js': bundledServiceWorker(suite),
    csp: page('main'),
  };
  for (const [name, program] of Object.entries(PROGRAMS)) {
    files[name] = page(name);
    files[`${name}.mjs`] = program;
  }
  return servePages(files, { csp: `${STRICT} 'wasm-unsafe-eval'`, refused: STRICT });
}
