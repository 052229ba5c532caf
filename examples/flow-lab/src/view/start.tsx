import { useState } from 'preact/hooks';
import { titleOfAll, wordsOf } from '../words/faults.ts';
import { Icon, type IconName } from './icons.tsx';
import { PasteDialog } from './paste.tsx';
import { useSession } from './session.ts';

/** Before there is a flow. A file may be held over the page. */
export function Start({ isOver, choose }: { isOver: boolean; choose: () => void }) {
  const { session, state } = useSession();
  const [pasting, setPasting] = useState(false);
  return (
    <div class="start">
      <h1>Test your billing flow before it bills anyone.</h1>
      <p class="lead">
        Export the flow from Activepieces and drop it here. It runs against a simulated Stripe, through every
        fault that repeats a run, and you see what each would charge your customers, where, and the change
        that prevents it.
      </p>
      {state.awaited && (
        <p class="awaited">
          <Icon name="link" size={18} />
          <span>
            The link’s scenario waits for its flow: {titleOfAll(state.chosen, wordsOf(null))}, seed number{' '}
            {state.settings.seed}. Open the flow that it is about, and it happens.
          </span>
        </p>
      )}
      <div class={`drop ${isOver ? 'drop-over' : ''}`}>
        {state.reading === null ? (
          <>
            <Icon name="upload" size={28} />
            <p class="drop-title">Drop an exported flow here</p>
            <p class="quiet">The .json file that Export downloads</p>
            <div class="drop-ways">
              <button type="button" class="button main-button" onClick={choose}>
                <Icon name="file" size={18} />
                Choose a file
              </button>
              <button type="button" class="button" onClick={() => setPasting(true)}>
                <Icon name="paste" size={18} />
                Paste it
              </button>
              <button type="button" class="button" onClick={() => void session.openExample()}>
                <Icon name="card" size={18} />
                Start from the published flow
              </button>
            </div>
          </>
        ) : (
          <Reading name={state.reading} cancel={session.cancelReading} />
        )}
      </div>
      <ul class="promises">
        <Promised icon="lock" title="Nothing leaves the browser">
          No server, no account. The page may not connect to anything, and its own security policy enforces
          that.
        </Promised>
        <Promised icon="again" title="Your steps really run">
          Code steps run as they are, HTTP steps call a simulated Stripe, and retries, re-deliveries and dead
          workers behave as Activepieces’ do.
        </Promised>
        <Promised icon="shield" title="A fix you can import">
          Each finding says why and what to change; where that is safe, the flow is mended for you to
          download.
        </Promised>
      </ul>
      {pasting && <PasteDialog close={() => setPasting(false)} />}
    </div>
  );
}

export function Reading({ name, cancel }: { name: string; cancel: () => void }) {
  return (
    <div class="reading" role="status">
      <span class="spinner" />
      <p class="drop-title">
        Reading <bdi>{name}</bdi>
      </p>
      <button type="button" class="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}

function Promised({ icon, title, children }: { icon: IconName; title: string; children: string }) {
  return (
    <li>
      <Icon name={icon} />
      <div>
        <p class="promise-title">{title}</p>
        <p class="quiet">{children}</p>
      </div>
    </li>
  );
}
