import { useState } from 'preact/hooks';
import type { ProxyKind } from '../lab-types.ts';
import type { Draft, Settings } from '../state/types.ts';
import { Icon } from './icons.tsx';
import { useSession } from './session.ts';

/** The event and the world that every scenario of this flow has. */
export function SettingsForm() {
  const { session, state } = useSession();
  const { draft } = state;
  // What was typed and is not yet tested is not to be overlooked.
  const [isOpen] = useState(draft !== null);
  const shown = draft ?? draftOf(state.settings);
  const change = (part: Partial<Draft>): void => session.draft({ ...shown, ...part });
  const wrong = problemsOf(shown);
  const apply = (event: Event): void => {
    event.preventDefault();
    if (Object.values(wrong).some(Boolean)) return;
    session.set({
      payload: shown.payload,
      seed: Number(shown.seed),
      proxy: shown.proxy === '' ? null : (shown.proxy as ProxyKind),
      cap: shown.cap === '' ? null : Number(shown.cap),
    });
    void session.test();
  };
  return (
    <details class="settings" open={isOpen}>
      <summary>
        <Icon name="inbox" size={18} />
        <span>
          The event, the proxy and the seed number
          <span class="quiet">{unusual(state.settings)}</span>
        </span>
        <Icon name="down" size={14} />
      </summary>
      <form onSubmit={apply}>
        <label class="field">
          <span>The trigger’s payload, as JSON</span>
          <textarea
            rows={6}
            spellcheck={false}
            value={shown.payload}
            aria-invalid={wrong.payload !== ''}
            aria-describedby="payload-note"
            onInput={({ currentTarget }) => change({ payload: currentTarget.value })}
          />
          <span id="payload-note" class={wrong.payload ? 'field-wrong' : 'quiet'}>
            {wrong.payload ||
              'Made of what the flow refers to. Change it to an event of yours; it stays in this page.'}
          </span>
        </label>
        <div class="field-row">
          <label class="field">
            <span>Before Stripe</span>
            <select
              value={shown.proxy}
              onChange={({ currentTarget }) => change({ proxy: currentTarget.value })}
            >
              <option value="">As the flow has it</option>
              <option value="spend_cap">A spend-cap proxy</option>
              <option value="billonce_edge">billonce’s edge</option>
            </select>
          </label>
          <label class="field">
            <span>Daily cap, whole dollars</span>
            <input
              type="text"
              inputMode="numeric"
              placeholder="what is owed"
              value={shown.cap}
              aria-invalid={wrong.cap !== ''}
              aria-describedby="cap-note"
              onInput={({ currentTarget }) => change({ cap: currentTarget.value })}
            />
            <span id="cap-note" class="field-wrong">
              {wrong.cap}
            </span>
          </label>
          <label class="field">
            <span>Seed number</span>
            <input
              type="text"
              inputMode="numeric"
              value={shown.seed}
              aria-invalid={wrong.seed !== ''}
              aria-describedby="seed-note"
              onInput={({ currentTarget }) => change({ seed: currentTarget.value })}
            />
            <span id="seed-note" class="field-wrong">
              {wrong.seed}
            </span>
          </label>
        </div>
        <button type="submit" class="button" disabled={draft === null}>
          <Icon name="again" size={16} />
          Test with these
        </button>
      </form>
    </details>
  );
}

const draftOf = ({ payload, seed, proxy, cap }: Settings): Draft => ({
  payload,
  seed: String(seed),
  proxy: proxy ?? '',
  cap: cap === null ? '' : String(cap),
});

const PROXIES: Record<ProxyKind, string> = { spend_cap: 'spend-cap proxy', billonce_edge: 'billonce’s edge' };

/** What is not as it is for every flow, also while the form is closed. */
function unusual({ seed, proxy, cap }: Settings): string {
  const parts = [
    proxy && PROXIES[proxy],
    cap !== null && `cap $${cap.toLocaleString('en-US')}`,
    seed !== 1 && `seed ${seed}`,
  ];
  const told = parts.filter(Boolean);
  return told.length > 0 ? ` · ${told.join(', ')}` : '';
}

function problemsOf({ payload, seed, cap }: Draft) {
  return {
    payload: isJson(payload) ? '' : 'This is not JSON yet.',
    seed:
      /^\d{1,10}$/.test(seed) && Number(seed) <= 4_294_967_295 ? '' : 'A whole number from 0 to 4294967295.',
    cap: cap === '' || /^\d{1,9}$/.test(cap) ? '' : 'A whole number of dollars.',
  };
}

function isJson(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
