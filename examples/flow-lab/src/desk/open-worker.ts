/**
 * The worker, started from a blob that imports it: so it has the page's own policy, and can connect to nothing either. A worker from a
 * URL would have the policy of its own response, and a static host sends none.
 */
export function openWorker(): Worker {
  const url = new URL('worker.js', import.meta.url).href;
  const blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  const worker = new Worker(blob, { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(blob), { once: true });
  return worker;
}
