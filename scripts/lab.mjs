// `npm run lab`: builds the lab's page and serves it on this machine. The folder it is built into can be put on any static host.
import { parseArgs } from 'node:util';
import { serveFolder } from './lab/serve.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, Stop, step } from './lib/run.mjs';
import { stopWithNpm } from './lib/with-npm.mjs';

const USAGE = 'Usage: npm run lab -- [--port 8788]';

await main(async () => {
  const port = portOf();
  let server;
  // Before it serves there is nothing to finish.
  const stop = () => (server ? server.stop() : process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  await refuseTaken(port);
  await prepare({ build: true });
  // Only now are the node packages there that the build imports.
  const { buildLab, LAB_FOLDER } = await import('./lab/build.mjs');
  await step('building the page', () => buildLab());
  server = await serveFolder(LAB_FOLDER, { port });
  stopWithNpm('lab', stop);
  console.log(`billonce lab ready on ${server.url}`);
  console.log('Open it in a browser and drop an exported flow on it. Ctrl+C ends it.');
  return server.ended;
});

/** Said before everything is built, which takes minutes the first time. */
async function refuseTaken(port) {
  const { stop, ended } = await serveFolder('.', { port });
  stop();
  await ended;
}

function portOf() {
  try {
    const { port } = parseArgs({ options: { port: { type: 'string', default: '8788' } } }).values;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`--port ${port} is no port`);
    return Number(port);
  } catch (cause) {
    throw new Stop(`${cause.message}\n${USAGE}`);
  }
}
