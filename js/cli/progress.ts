// How far something is, on one line of the terminal that goes away again.

const EVERY_MS = 100;

export interface ProgressLine {
  show(what: string): (done: number, total: number) => void;
  end(): void;
}

/** On standard error, where that is a terminal; nothing is written into logs. */
export function progressLine(): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => () => {}, end: () => {} };
  let last = 0;
  let shown = false;
  return {
    show: (what) => (done, total) => {
      const now = Date.now();
      if (now - last < EVERY_MS && done < total) return;
      last = now;
      shown = true;
      const percent = Math.floor((done / Math.max(total, 1)) * 100);
      stderr.write(
        `\r\x1b[K${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${what} (${percent}%)`,
      );
    },
    end: () => {
      if (shown) stderr.write('\r\x1b[K');
      shown = false;
    },
  };
}
