// A child process that runs Code steps in V8 isolates: one for each run, with nothing in it but ECMAScript, WebAssembly and
// the inputs. The wrapper is that of Activepieces' engine; it defines `exports` and `module`, and no `require`.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

const requireHost = createRequire(join(__dirname, '../hosts/package.json'));
const ivm = requireHost('isolated-vm');

const ABSENT =
  `TextEncoder TextDecoder fetch Headers Buffer atob btoa crypto URL URLSearchParams setTimeout setInterval
  setImmediate queueMicrotask structuredClone performance process require global`.split(/\s+/);

process.once('message', async (runs) => {
  const globals = await typesOfGlobals();
  const results = [];
  for (const run of runs) results.push(await result(run));
  const version = `isolated-vm ${requireHost('isolated-vm/package.json').version}, node ${process.versions.node}`;
  process.send({ version, globals, results }, () => process.disconnect());
});

async function result({ bundle, shape, inputs, now }) {
  const call = shape === 'run' ? 'run({ inputs })' : 'code(inputs)';
  const code = `(function () {
    const exports = Object.create(null);
    const module = { exports };
    ${readFileSync(bundle, 'utf8')}
    return (async () => module.exports.${call})().then(
      (output) => ({ output }),
      ({ name, code, field, message, decision }) => ({ error: { name, code, field, message, decision } }),
    );
  })()`;
  try {
    // What the run's JSON could not carry fails here, in the run that made it.
    return JSON.parse(JSON.stringify(await inIsolate(code, { inputs, now })));
  } catch (error) {
    return { error: { name: error.name, message: error.message } };
  }
}

async function typesOfGlobals() {
  return inIsolate(`Promise.resolve({ ${ABSENT.map((name) => `${name}: typeof ${name}`).join(', ')} })`, {});
}

async function inIsolate(code, { inputs = null, now = 0 }) {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  try {
    const context = await isolate.createContext();
    await context.global.set('inputs', new ivm.ExternalCopy(inputs).copyInto());
    await context.eval(`Date.now = () => ${now}`);
    const script = await isolate.compileScript(code);
    const reference = await script.run(context, { reference: true, promise: true });
    return await reference.copy();
  } finally {
    isolate.dispose();
  }
}
