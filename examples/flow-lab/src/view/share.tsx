import { useEffect, useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { useSession } from './session.ts';

/** Longer ones are cut by some programs that pass links on. */
const LONG = 8000;

export function ShareDialog({ close }: { close: () => void }) {
  const { session, state } = useSession();
  const [withFlow, setWithFlow] = useState(false);
  const [link, setLink] = useState('');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let wanted = true;
    setCopied(false);
    void session.share(withFlow).then((fragment) => {
      if (wanted) setLink(`${location.href.split('#')[0]}#${fragment}`);
    });
    return () => {
      wanted = false;
    };
  }, [session, withFlow]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
  };
  return (
    <Dialog title="Share this scenario" close={close}>
      <div class="dialog-body">
        <p>
          The link has the faults, the seed number and the proxy’s kind and cap. It never has keys,
          connections or the event’s payload. What is behind the # is not sent to any server.
        </p>
        {state.isExample ? (
          <p class="quiet">The flow is the published one, so the link opens it.</p>
        ) : (
          <label class="check">
            <input
              type="checkbox"
              checked={withFlow}
              onChange={({ currentTarget }) => setWithFlow(currentTarget.checked)}
            />
            <span>
              Put the flow into the link as well
              <span class="quiet">
                Keys, tokens and sample data are taken out; the steps, their code and their texts are in it
                for whoever has the link.
              </span>
            </span>
          </label>
        )}
        <label class="field">
          <span>Link</span>
          <textarea
            class="link-text"
            rows={3}
            readOnly
            value={link}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
        </label>
        {link.length > LONG && (
          <p class="quiet">
            This link has {link.length} characters: some programs cut a link of that length.
          </p>
        )}
        <div class="dialog-foot">
          <button type="button" class="button main-button" onClick={() => void copy()} disabled={link === ''}>
            <Icon name={copied ? 'check' : 'link'} size={18} />
            {copied ? 'Copied' : 'Copy the link'}
          </button>
          <span class="sr-only" role="status">
            {copied ? 'The link is copied.' : ''}
          </span>
        </div>
      </div>
    </Dialog>
  );
}
