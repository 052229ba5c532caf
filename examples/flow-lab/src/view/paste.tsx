import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { useSession } from './session.ts';

export function PasteDialog({ close }: { close: () => void }) {
  const { session } = useSession();
  const [text, setText] = useState('');
  const open = (event: Event): void => {
    event.preventDefault();
    close();
    void session.open(text, 'the pasted flow');
  };
  return (
    <Dialog title="Paste a flow" close={close}>
      <form onSubmit={open} class="dialog-body">
        <label class="field">
          <span>The JSON of an exported flow</span>
          <textarea
            rows={12}
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button main-button">
            Open it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
