// A worker from a URL has the policy of that URL's response, and a static host sends none. One from a blob has its creator's: so each is
// started from a blob that imports it, and neither the page's worker nor the thread in which Code steps run can connect to anything.

/** A blob's URL; what it imports finds its own files beside itself. */
export function importing(url: string | URL): string {
  const text = `import ${JSON.stringify(String(url))};`;
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}

/** For the threads that the lab starts from here. */
export function inheritPolicy(): void {
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(importing(url), options);
    }
  };
}
