import { useState } from 'preact/hooks';
import type { Version } from '../state/types.ts';
import { Icon } from './icons.tsx';
import { useSession } from './session.ts';

/** What a mended flow cannot promise, and the edge that can. */
export function Limits({ version: { limits, edge } }: { version: Version }) {
  return (
    <div class="limits">
      <h2>What this fix cannot promise</h2>
      <ul>
        {limits.map(({ step, kind, message }) => (
          <li key={`${step} ${kind}`}>
            <Icon name="info" size={18} />
            <p>
              {message} <span class="quiet">{step}</span>
            </p>
          </li>
        ))}
      </ul>
      {edge === null && limits.some(({ kind }) => kind === 'key_forgotten') && <EdgeForm />}
    </div>
  );
}

function EdgeForm() {
  const { session } = useSession();
  const [url, setUrl] = useState('');
  const fix = (event: Event): void => {
    event.preventDefault();
    void session.fix('all', url.trim());
  };
  return (
    <form class="edge-form" onSubmit={fix}>
      <label class="field">
        <span>The base URL of your own billonce edge</span>
        <input
          type="url"
          required
          placeholder="https://billing.example.com"
          value={url}
          onInput={({ currentTarget }) => setUrl(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        <Icon name="shield" size={18} />
        Fix through the edge and test again
      </button>
    </form>
  );
}
