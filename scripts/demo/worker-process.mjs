// What a worker (worker.mjs) runs: one step for each message, and its output, as JSON, or its error back.
import { createRequire } from 'node:module';
import { sendRequest } from './http-piece.mjs';

const require = createRequire(import.meta.url);

const KINDS = {
  code: ({ file, input }) => require(file).code(input),
  http: ({ input }) => sendRequest(input),
};

process.on('message', async ({ id, ...job }) => {
  try {
    // Outputs leave a step as JSON text, which is where a BigInt would fail it.
    const output = JSON.parse(JSON.stringify(await KINDS[job.kind](job)) ?? 'null');
    process.send({ id, output });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
