// Run by isolate.mjs under a Node that isolated-vm has a binary for: milliseconds from the bundle's first line to its answer, in a
// fresh isolate each time. The isolate has no clock, so the host's is read around the call.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { readFileSync } = require('node:fs');
const ivm = createRequire(join(__dirname, '../../tests/hosts/package.json'))('isolated-vm');

const [, , file, rounds] = process.argv;
const code = readFileSync(file, 'utf8');
const times = [];
for (let round = 0; round < Number(rounds); round++) {
  const isolate = new ivm.Isolate({ memoryLimit: 128 });
  const context = isolate.createContextSync();
  const started = performance.now();
  const answer = isolate.compileScriptSync(code).runSync(context);
  times.push(performance.now() - started);
  isolate.dispose();
  if (!/^[0-9a-f]{64}$/.test(answer)) throw new Error(`no key: ${answer}`);
}
console.log(JSON.stringify({ version: process.versions.node, times }));
