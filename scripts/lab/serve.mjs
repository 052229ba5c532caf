// A folder of static files on the loopback interface, as any host would serve it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { Stop } from '../lib/run.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** @returns {Promise<{ url: string, stop(): void, ended: Promise<number> }>} `ended` gives the exit code. */
export async function serveFolder(folder, { port = 0, host = '127.0.0.1' } = {}) {
  const server = createServer(async (request, response) => {
    // As it was sent: whatever is no name of a file here is answered with 404 too.
    const name = request.url.split(/[?#]/)[0].slice(1) || 'index.html';
    const type = TYPES[extname(name)];
    // The folder is flat, and no name leads out of it.
    const body = type && /^[\w.-]+$/.test(name) ? await readFile(join(folder, name)).catch(() => null) : null;
    if (body === null) return response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': type,
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise((listening, failed) => {
    server.once('error', (error) =>
      failed(
        error.code === 'EADDRINUSE' ? new Stop(`Port ${port} is taken: give another with --port`) : error,
      ),
    );
    server.listen(port, host, listening);
  });
  const ended = new Promise((done) => server.once('close', () => done(0)));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${host}:${server.address().port}`, stop, ended };
}
