// What the benchmark of the edge runs beside it: a Stripe that answers at once, and a Worker that only passes requests on.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workerdPath } from '../../edge/runtime.mjs';

const PASS_ON = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const headers = { 'content-type': request.headers.get('content-type'), authorization: 'Bearer ' + env.KEY };
    const body = await request.text();
    const answer = await fetch(env.BASE + pathname.slice(7), { method: request.method, headers, body });
    return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
  },
};
`;

export async function fakeStripe() {
  const body = JSON.stringify({
    id: 'ch_1',
    object: 'charge',
    amount: 100,
    amount_captured: 100,
    captured: true,
    currency: 'usd',
    status: 'succeeded',
    description: 'x'.repeat(2000),
  });
  const server = createServer((incoming, answer) => {
    incoming.resume();
    incoming.on('end', () => answer.setHeader('content-type', 'application/json').end(body));
  });
  // An idle connection that is closed just as it is used again would be an answer lost.
  server.keepAliveTimeout = 0;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

/** The bare Worker in the same runtime, before a Stripe at `base`. */
export async function passOn(top, base) {
  writeFileSync(join(top, 'pass-on.js'), PASS_ON);
  writeFileSync(
    join(top, 'pass-on.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "pass-on.js", esModule = embed "pass-on.js")], compatibilityDate = "2026-06-01",
      bindings = [(name = "BASE", text = "${base}"), (name = "KEY", text = "sk_test_benchmark")],
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const stdio = ['ignore', 'ignore', 'inherit', 'pipe'];
  const child = spawn(workerdPath(), ['serve', 'pass-on.capnp', '--control-fd=3'], { cwd: top, stdio });
  for await (const line of createInterface(child.stdio[3])) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
  }
  throw new Error('workerd ended without listening');
}
