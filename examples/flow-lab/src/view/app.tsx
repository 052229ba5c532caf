import { useCallback, useRef } from 'preact/hooks';
import type { Session } from '../state/session.ts';
import { useDrop } from './drop.ts';
import { FlowDrawing } from './flow.tsx';
import { Header } from './header.tsx';
import { useKeptFocus } from './kept-focus.ts';
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
  const chooser = useRef<HTMLInputElement>(null);
  const take = useCallback(
    (files: readonly File[]) => {
      const [file] = files;
      if (files.length > 1) session.refuse(SEVERAL);
      else if (file) void session.open(file, file.name);
    },
    [session],
  );
  const isOver = useDrop(take);
  useKeptFocus();
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
        {isOpen ? <Bench /> : <Start isOver={isOver} choose={() => chooser.current?.click()} />}
      </main>
      <input
        ref={chooser}
        hidden
        type="file"
        accept=".json,application/json"
        aria-label="Flow file"
        onChange={({ currentTarget }) => {
          take([...(currentTarget.files ?? [])]);
          // The same file once more is a change too: it may have been edited.
          currentTarget.value = '';
        }}
      />
      {isOpen && isOver && (
        <div class="veil" aria-hidden="true">
          <p>Drop it to open this flow instead</p>
        </div>
      )}
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

const SEVERAL = {
  code: 'several_files',
  field: null,
  message: 'Drop one file: the lab looks at one flow at a time.',
};

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
