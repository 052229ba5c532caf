import { useEffect, useRef, useState } from 'preact/hooks';
import { shownVersion } from '../state/types.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { useSession } from './session.ts';

/** Longer ones are cut by some programs that pass links on. */
const LONG = 8000;

const SAID = {
  no: '',
  yes: 'The link is copied.',
  'by hand': 'This browser does not let the page copy: the link is selected, copy it yourself.',
};

export function ShareDialog({ close }: { close: () => void }) {
  const { session, state } = useSession();
  const [withFlow, setWithFlow] = useState(false);
  const [link, setLink] = useState('');
  const [failed, setFailed] = useState('');
  const [copied, setCopied] = useState<'no' | 'yes' | 'by hand'>('no');
  const version = shownVersion(state);
  const isFixed = version?.kind === 'fixed';
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    let wanted = true;
    setCopied('no');
    setFailed('');
    // The link as it was before is not the one that was asked for.
    setLink('');
    session.share(withFlow).then(
      (fragment) => wanted && setLink(`${location.href.split('#')[0]}#${fragment}`),
      (error: Error) => wanted && setFailed(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [session, withFlow, version?.text]);
  const isPublished = state.isExample && !isFixed;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied('yes');
    } catch {
      // Without https there is no clipboard, and a browser may refuse it.
      field.current?.select();
      setCopied('by hand');
    }
  };
  return (
    <Dialog title="Share this scenario" close={close}>
      <div class="dialog-body">
        <p>
          The link has the faults, the seed number and the proxy’s kind and cap. It never has keys,
          connections or the event’s payload. What is behind the # is not sent to any server.
        </p>
        {isPublished ? (
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
                {isFixed && 'The fixed flow. '}
                Keys, tokens and sample data are taken out; the steps, their code and their texts are in it
                for whoever has the link.
                {isFixed && state.isExample && ' Without it the link opens the published flow as it came.'}
              </span>
            </span>
          </label>
        )}
        <label class="field">
          <span>Link</span>
          <textarea
            ref={field}
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
        {failed && (
          <p class="field-wrong" role="alert">
            {failed}
          </p>
        )}
        <div class="dialog-foot">
          <span class={copied === 'by hand' ? 'quiet' : 'sr-only'} role="status">
            {SAID[copied]}
          </span>
          <button type="button" class="button main-button" onClick={() => void copy()} disabled={link === ''}>
            <Icon name={copied === 'yes' ? 'check' : 'link'} size={18} />
            {copied === 'yes' ? 'Copied' : 'Copy the link'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
