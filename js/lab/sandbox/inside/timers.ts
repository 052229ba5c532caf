// Timers by the world's clock.
import { ask, forget, when } from './host.ts';

type Call = (...given: unknown[]) => void;

/** What Node's setTimeout gives; a number where a number is wanted. */
class Timer {
  ticket = 0;
  ref = (): this => this;
  unref = (): this => this;
  hasRef = (): boolean => true;
  [Symbol.toPrimitive](): number {
    return this.ticket;
  }
}

/** @param process Whose they are; 0 for those of nobody in particular. */
export function timersBy(process: number) {
  const running = new Map<number, Timer>();
  function begin(timer: Timer, ms: number, then: () => void): void {
    // As in Node: what is no number of milliseconds is 1.
    const wait = ms >= 1 && ms <= 2 ** 31 - 1 ? Math.trunc(ms) : 1;
    timer.ticket = ask('sleep', process, wait) as number;
    running.set(timer.ticket, timer);
    const { ticket } = timer;
    when(ticket, () => {
      running.delete(ticket);
      then();
    });
  }
  const setTimeout = (call: Call, ms?: unknown, ...given: unknown[]): Timer => {
    const timer = new Timer();
    begin(timer, Number(ms), () => call(...given));
    return timer;
  };
  const setInterval = (call: Call, ms?: unknown, ...given: unknown[]): Timer => {
    const timer = new Timer();
    const again = (): void =>
      begin(timer, Number(ms), () => {
        again();
        call(...given);
      });
    again();
    return timer;
  };
  const clear = (timer: unknown): void => {
    const ticket = timer instanceof Timer ? timer.ticket : Number(timer);
    if (!running.delete(ticket)) return;
    forget(ticket);
    ask('clear', process, ticket);
  };
  return {
    setTimeout,
    setInterval,
    setImmediate: (call: Call, ...given: unknown[]) => setTimeout(call, 1, ...given),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    sleep: (ms?: unknown, value?: unknown) => new Promise((resolve) => setTimeout(() => resolve(value), ms)),
  };
}
