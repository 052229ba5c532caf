// A key by way of the rules: of any event, and every refusal.
import { read } from './door.ts';
import { ask } from './engine.ts';

/** @param path Where the event stands, for refusals: such as `"events[3]"`, or nothing. */
export function keyByRules(event: unknown, path: string): string {
  const tree = read(event);
  return ask('idempotency_key', tree, path) as string;
}
