import type { SearchOutcome } from '../lab-types.ts';
import { shownVersion, testedOf } from '../state/types.ts';
import { titleOfAll, wordsOf } from '../words/faults.ts';
import { amounts, charges } from '../words/money.ts';
import { counted } from '../words/text.ts';
import { Icon } from './icons.tsx';
import { JobState } from './job.tsx';
import { useSession } from './session.ts';
import { VerdictMark } from './verdict-mark.tsx';

const COMBINATIONS = [100, 1000, 10_000, 100_000];

/** Combinations of faults, tried by the thousand. */
export function Search() {
  const { session, state } = useSession();
  const version = shownVersion(state);
  if (!version) return null;
  const { search } = version;
  const { depth, combinations } = state.plan;
  const start = (event?: Event): void => {
    event?.preventDefault();
    void session.search();
  };
  return (
    <>
      <p class="panel-lead">
        Faults rarely come alone. The search lets combinations of them happen, drawn from the seed number, and
        reports the smallest that charges twice, loses a charge or overspends.
      </p>
      <form class="search-form" onSubmit={start}>
        <label class="field">
          <span>Faults at once, at most</span>
          <select
            value={depth}
            onChange={({ currentTarget }) => session.plan({ depth: Number(currentTarget.value) })}
          >
            {[1, 2, 3, 4].map((it) => (
              <option key={it} value={it}>
                {it}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Combinations</span>
          <select
            value={combinations}
            onChange={({ currentTarget }) => session.plan({ combinations: Number(currentTarget.value) })}
          >
            {COMBINATIONS.map((it) => (
              <option key={it} value={it}>
                {it.toLocaleString('en-US')}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button main-button" disabled={search.status === 'running'}>
          <Icon name="search" size={18} />
          Search
        </button>
      </form>
      {search.status === 'done' && <Found outcome={search.value} />}
      {search.status === 'cancelled' && <p class="search-told">Cancelled before anything was found.</p>}
      {(search.status === 'running' || search.status === 'failed') && (
        <JobState
          job={search}
          what="Searching"
          idle=""
          start="Search"
          cancel={() => session.cancel('search')}
          again={start}
        />
      )}
    </>
  );
}

function Found({ outcome: { scenarios, cancelled, found } }: { outcome: SearchOutcome }) {
  const count = scenarios.toLocaleString('en-US');
  if (found.length === 0) {
    return (
      <div class="empty">
        <Icon name="check" size={24} />
        <p>
          <strong>None of {count} combinations</strong> charges anybody twice, loses a charge or overspends.
          {cancelled && ' The others were not tried: the search was cancelled.'}
        </p>
      </div>
    );
  }
  return (
    <>
      <p class="search-told">
        {cancelled ? 'Cancelled after' : 'Tried'} {count} combinations. The smallest ways to something bad:
      </p>
      <ol class="found">
        {found.map((told) => (
          <FoundItem key={JSON.stringify(told.report.scenario)} told={told} />
        ))}
      </ol>
    </>
  );
}

function FoundItem({ told }: { told: SearchOutcome['found'][number] }) {
  const { session, state } = useSession();
  const { scenario, verdict, charged, owed } = told.report;
  const words = wordsOf(testedOf(shownVersion(state)));
  return (
    <li class="found-item">
      <VerdictMark verdict={verdict} />
      <div>
        <p class="found-title">{titleOfAll(scenario.faults, words)}</p>
        <p class="quiet">
          {charges(charged.charges)}, {amounts(charged)} of {amounts(owed)} owed ·{' '}
          {counted(told.count, 'time')}, seed number {scenario.seed}
        </p>
      </div>
      <button
        type="button"
        class="button"
        onClick={() => {
          session.showTab('faults');
          session.showStory(told);
        }}
      >
        Watch it happen
      </button>
    </li>
  );
}
