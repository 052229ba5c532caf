// A worker from a URL has the policy of that URL's response, and a static host sends none. One from a blob has its creator's: so each is
// started from a blob that imports it, and neither the page's worker nor the thread in which Code steps run can connect to anything.

/** One for each file: a blob is kept as long as its URL. */
const blobs = new Map<string, string>();

/** A blob's URL; what it imports finds its own files beside itself. */
export function importing(file: string | URL): string {
  const name = String(file);
  const url = blobs.get(name) ?? URL.createObjectURL(blobOf(`import ${JSON.stringify(name)};`));
  blobs.set(name, url);
  return url;
}

const blobOf = (text: string): Blob => new Blob([text], { type: 'text/javascript' });

/** For the threads that the lab starts from here. */
export function inheritPolicy(): void {
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(importing(url), options);
    }
  };
}
