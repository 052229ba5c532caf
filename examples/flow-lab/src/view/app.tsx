import { useCallback } from 'preact/hooks';
import type { Session } from '../state/session.ts';
import { useDrop } from './drop.ts';
import { FlowDrawing } from './flow.tsx';
import { Header } from './header.tsx';
import { ProblemBox } from './problem.tsx';
import { SessionProvider, useSession } from './session.ts';
import { Reading, Start } from './start.tsx';
import { Tabs } from './tabs.tsx';
import { VerdictPanel } from './verdict.tsx';

export function App({ session }: { session: Session }) {
  return (
    <SessionProvider value={session}>
      <Page />
    </SessionProvider>
  );
}

function Page() {
  const { session, state } = useSession();
  const isOpen = state.versions.length > 0;
  const take = useCallback((file: File | undefined) => file && void session.open(file, file.name), [session]);
  const isOver = useDrop(take);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        <ProblemBox problem={state.problem} close={session.closeProblem} />
        {isOpen && state.reading !== null && (
          <div class="reading-bar">
            <Reading name={state.reading} cancel={session.cancelReading} />
          </div>
        )}
        {isOpen ? <Bench /> : <Start isOver={isOver} />}
      </main>
      <footer class="foot">
        <p>
          Everything runs in this page. No flow, key or payload leaves the browser; Stripe, the proxy and the
          clock are simulated.
        </p>
      </footer>
      <p class="sr-only" role="status">
        {state.said}
      </p>
    </>
  );
}

function Bench() {
  return (
    <>
      <VerdictPanel />
      <div class="bench">
        <FlowDrawing />
        <Tabs />
      </div>
    </>
  );
}
