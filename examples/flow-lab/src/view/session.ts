// The session, for whichever component wants it.
import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { Session } from '../state/session.ts';
import type { State } from '../state/types.ts';

const Context = createContext<Session | null>(null);

export const SessionProvider = Context.Provider;

/** The state as it is now; the component is drawn again when it changes. */
export function useSession(): { session: Session; state: State } {
  const session = useContext(Context);
  if (!session) throw new Error('There is no session around this component');
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => session.subscribe(() => again(undefined)), [session]);
  return { session, state: session.state() };
}
