import { useRef } from 'preact/hooks';
import { shownVersion, type Tab } from '../state/types.ts';
import { Approaches } from './approaches.tsx';
import { Faults } from './faults.tsx';
import { Findings } from './findings.tsx';
import { Search } from './search.tsx';
import { useSession } from './session.ts';

const TABS: { tab: Tab; title: string }[] = [
  { tab: 'faults', title: 'Faults' },
  { tab: 'findings', title: 'Findings' },
  { tab: 'approaches', title: 'Approaches' },
  { tab: 'search', title: 'Search' },
];

const PANELS = { faults: Faults, findings: Findings, approaches: Approaches, search: Search };

export function Tabs() {
  const { session, state } = useSession();
  const list = useRef<HTMLDivElement>(null);
  const Panel = PANELS[state.tab];
  const at = TABS.findIndex(({ tab }) => tab === state.tab);
  /** The arrow keys go from tab to tab, as the ARIA practices have it. */
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: TABS.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + TABS.length) % TABS.length;
    session.showTab(TABS[next]?.tab ?? 'faults');
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <div class="work">
      <div ref={list} class="tabs" role="tablist" aria-label="What to look at" onKeyDown={onKeyDown}>
        {TABS.map(({ tab, title }) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={tab === state.tab}
            aria-controls="panel"
            tabIndex={tab === state.tab ? 0 : -1}
            onClick={() => session.showTab(tab)}
          >
            {title}
            {tab === 'findings' && <span class="tab-count">{shownVersion(state)?.findings.length ?? 0}</span>}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${state.tab}`} class="panel" tabIndex={-1}>
        <Panel />
      </div>
    </div>
  );
}
