// The one way out of the realm. Only texts and numbers cross: an object of the other side would lead to its Function, and by that to all it has.

export type Answer = string | number | undefined;

/** Given to the bundle by the sandbox. */
declare const host: (question: Question, process: number, text?: string | number) => Answer;

export type Question =
  /** Unix time in milliseconds. */
  | 'now'
  /** An integer from 0, below the number given. */
  | 'random'
  /** Gives a ticket that is answered when the time has come. */
  | 'sleep'
  /** A ticket is no longer waited for. */
  | 'clear'
  /** Gives a ticket that is answered with the response. */
  | 'fetch'
  /** A URL's parts as JSON; an empty text for what is none. */
  | 'url'
  | 'url_from'
  | 'url_with'
  | 'log'
  /** The step imports a package that is not here. */
  | 'missing'
  /** The step has ended: its output as JSON. */
  | 'output'
  | 'failed';

/** What the host throws (its stack may be used up) must not be seen in here. */
export function ask(question: Question, process: number, text?: string | number): Answer {
  try {
    return host(question, process, text);
  } catch {
    throw new RangeError('Maximum call stack size exceeded');
  }
}

const waiting = new Map<number, (text: string) => void>();

/** Calls back when the ticket is answered. */
export function when(ticket: number, then: (text: string) => void): void {
  waiting.set(ticket, then);
}

export function forget(ticket: number): void {
  waiting.delete(ticket);
}

export function settle(ticket: number, text: string): void {
  const then = waiting.get(ticket);
  waiting.delete(ticket);
  then?.(text);
}

export const later = (ticket: number): Promise<string> => new Promise((resolve) => when(ticket, resolve));
