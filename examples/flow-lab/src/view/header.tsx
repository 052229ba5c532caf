import { useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';
import { SCHEMES, type Scheme, setScheme, storedScheme } from './scheme.ts';
import { useSession } from './session.ts';
import { ShareDialog } from './share.tsx';

export function Header() {
  const { session, state } = useSession();
  const [sharing, setSharing] = useState(false);
  const isOpen = state.versions.length > 0;
  return (
    <header class="head">
      <div class="head-in">
        <p class="brand">
          <span class="brand-mark">
            <Icon name="check" size={16} />
          </span>
          <span>
            billonce <span class="brand-lab">lab</span>
          </span>
        </p>
        <div class="head-tools">
          {isOpen && (
            <>
              <button type="button" class="button quiet-button" onClick={session.close}>
                <Icon name="file" size={18} />
                <span class="wide-only">Another flow</span>
              </button>
              <button type="button" class="button quiet-button" onClick={() => setSharing(true)}>
                <Icon name="link" size={18} />
                <span>Share</span>
              </button>
            </>
          )}
          <SchemeSwitch />
        </div>
      </div>
      {sharing && <ShareDialog close={() => setSharing(false)} />}
    </header>
  );
}

const LOOKS: Record<Scheme, { icon: IconName; label: string }> = {
  system: { icon: 'system', label: 'As the system' },
  light: { icon: 'sun', label: 'Light' },
  dark: { icon: 'moon', label: 'Dark' },
};

function SchemeSwitch() {
  const [scheme, set] = useState(storedScheme());
  const choose = (next: Scheme): void => {
    setScheme(next);
    set(next);
  };
  return (
    <fieldset class="schemes">
      <legend class="sr-only">Colours</legend>
      {SCHEMES.map((it) => (
        <label key={it} class="scheme" title={LOOKS[it].label}>
          <input
            type="radio"
            name="scheme"
            class="sr-only"
            checked={it === scheme}
            onChange={() => choose(it)}
          />
          <Icon name={LOOKS[it].icon} size={16} />
          <span class="sr-only">{LOOKS[it].label}</span>
        </label>
      ))}
    </fieldset>
  );
}
