// `npm run edge`: the edge on this machine, its state on disk. BILLONCE_ADMIN_TOKEN and STRIPE_SECRET_KEY are taken from the
// environment; no secret stands on a command line or in a file.
import { parseArgs } from 'node:util';
import { startEdge } from './edge/start.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, Stop } from './lib/run.mjs';
import { stopWithNpm } from './lib/with-npm.mjs';

const USAGE = `Usage: npm run edge -- [--port 8787] [--host 127.0.0.1] [--stripe-base https://api.stripe.com] [--state .edge]
With BILLONCE_ADMIN_TOKEN and STRIPE_SECRET_KEY in the environment, and KEEP_ANSWERS_DAYS if more than 90.`;

await main(async () => {
  const { port, host, 'stripe-base': stripeBase, state } = options();
  checkEnvironment(process.env);
  let edge;
  // Before it serves there is nothing to finish.
  const stop = () => (edge ? edge.stop() : process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  await prepare({ build: true });
  edge = await startEdge({ port: Number(port), host, stripeBase, state });
  stopWithNpm('edge', () => edge.stop());
  console.log(`billonce edge ready on ${edge.url}`);
  return edge.ended;
});

/** What could never be sent in a header, or stands for something else, is found before anything waits for an answer to it. */
function checkEnvironment(env) {
  const wrong = (problem) => new Stop(`${problem}\n${USAGE}`);
  for (const name of ['BILLONCE_ADMIN_TOKEN', 'STRIPE_SECRET_KEY']) {
    if (!env[name]) throw wrong(`${name} is missing in the environment.`);
    if (!/^[!-~]+$/.test(env[name]) || env[name].includes(','))
      throw wrong(`${name} must be visible ASCII characters without spaces, line ends and commas.`);
    if (env[name].startsWith('vault_key_')) throw wrong(`${name} must be no vault key.`);
  }
  if (env.BILLONCE_ADMIN_TOKEN === env.STRIPE_SECRET_KEY)
    throw wrong('BILLONCE_ADMIN_TOKEN must not be the Stripe key.');
  const days = env.KEEP_ANSWERS_DAYS;
  if (days && !(/^\d{2,5}$/.test(days) && Number(days) >= 90))
    throw wrong('KEEP_ANSWERS_DAYS must be a number of days, at least 90.');
}

function options() {
  try {
    const text = (value) => ({ type: 'string', default: value });
    const { values } = parseArgs({
      options: {
        port: text('8787'),
        host: text('127.0.0.1'),
        'stripe-base': text('https://api.stripe.com'),
        state: text('.edge'),
      },
    });
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
      throw new Error(`--port ${values.port} is no port`);
    if (!/^https?:\/\/[\w.:[\]-]+(\/[\w./-]*)?$/.test(values['stripe-base']))
      throw new Error('--stripe-base is no base URL');
    return values;
  } catch (cause) {
    throw new Stop(`${cause.message}\n${USAGE}`);
  }
}
