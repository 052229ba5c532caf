// A small web server on the loopback interface, for browsers.
import { createServer } from 'node:http';

/**
 * Serves files, given as texts by path.
 *
 * @param {Record<string, string>} files
 * @param {Record<string, string>} policies The Content-Security-Policy of the paths that have one.
 * @returns {Promise<{ origin: string, posted: Promise<string>, close: () => void }>} `posted` is what a page posts.
 */
export async function servePages(files, policies = {}) {
  const { promise: posted, resolve } = withResolvers();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname.slice(1);
    if (request.method === 'POST') {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
      resolve(text);
      response.writeHead(204).end();
    } else if (Object.hasOwn(files, path)) {
      const type = /\.m?js$/.test(path) ? 'text/javascript' : 'text/html';
      const policy = policies[path] ? { 'Content-Security-Policy': policies[path] } : {};
      response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, ...policy }).end(files[path]);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, posted, close };
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
