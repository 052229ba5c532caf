// The session, for whichever component wants it.
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer } from 'preact/hooks';
import type { Session } from '../state/session.ts';
import type { State } from '../state/types.ts';

const Context = createContext<Session | null>(null);

export const SessionProvider = Context.Provider;

/** The state as it is now; the component is drawn again when it changes. */
export function useSession(): { session: Session; state: State } {
  const session = useContext(Context);
  if (!session) throw new Error('There is no session around this component');
  const [, again] = useReducer((count: number) => count + 1, 0);
  // Before anything else can happen: a change between the drawing and this would be missed.
  useLayoutEffect(() => session.subscribe(() => again(undefined)), [session]);
  return { session, state: session.state() };
}
