// A child process that runs Code steps. The bundle is required anew for every run, and what it returns leaves over IPC.
process.once('message', async (runs) => {
  const results = [];
  for (const run of runs) results.push(await result(run));
  process.send({ version: process.version, results }, () => process.disconnect());
});

async function result({ bundle, shape, inputs, now }) {
  try {
    Date.now = () => now;
    delete require.cache[bundle];
    const step = require(bundle);
    const output = await (shape === 'run' ? step.run({ inputs }) : step.code(inputs));
    // What IPC could not carry fails here, in the run that made it.
    return { output: JSON.parse(JSON.stringify(output)) };
  } catch (error) {
    const { name, code, field, message, decision } = error;
    return { error: { name, code, field, message, decision } };
  }
}
