import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FaultTold, Tested, Told } from '../lab-types.ts';
import { shownVersion, testedOf } from '../state/types.ts';
import { sameFault, titleOf, titleOfAll, whatOf, wordsOf } from '../words/faults.ts';
import { amounts, charges, excess } from '../words/money.ts';
import { capital, counted } from '../words/text.ts';
import { byGravity } from '../words/verdict.ts';
import { Icon } from './icons.tsx';
import { JobState } from './job.tsx';
import { useSession } from './session.ts';
import { SettingsForm } from './settings.tsx';
import { Story } from './story.tsx';
import { VerdictMark } from './verdict-mark.tsx';

/** Every fault with what it would charge; one of them opened shows its runs. */
export function Faults() {
  const { state } = useSession();
  const version = shownVersion(state);
  useWayBack(state.story);
  if (!version) return null;
  if (state.story) return <Story told={state.story} />;
  const { tests } = version;
  return (
    <>
      <SettingsForm />
      {tests.status === 'done' ? (
        <>
          {!tests.value.charges_nothing && (
            <p class="panel-lead">
              Each row is this flow with one thing going wrong. Open one to see its runs, or tick several to
              let them happen together.
            </p>
          )}
          {tests.value.charges_nothing ? (
            <Undisturbed told={tests.value.baseline} />
          ) : (
            <FaultTable tested={tests.value} />
          )}
          <Combination />
          <Notes tested={tests.value} />
        </>
      ) : (
        <p class="quiet">{WAITING[tests.status]}</p>
      )}
    </>
  );
}

/** How far the tests are, stands above. */
const WAITING = {
  idle: 'Not tested yet.',
  running: 'Each fault is listed here with what it would charge, when all of them have happened.',
  cancelled: 'The tests were cancelled.',
  failed: 'No fault could be let happen to this flow: why, is said above.',
};

/** When a story is closed the keyboard goes on from the row that it was opened from. */
function useWayBack(story: Told | null): void {
  const last = useRef<Told | null>(null);
  useEffect(() => {
    if (last.current && !story && document.activeElement === document.body) {
      const row = document.querySelector<HTMLElement>(`[data-story='${idOf(last.current)}']`);
      row?.focus();
    }
    last.current = story;
  }, [story]);
}

const idOf = ({ report }: Told): string =>
  report.scenario.faults.map(({ name, call }) => `${name}-${call ?? 1}`).join(' ');

function FaultTable({ tested }: { tested: Tested }) {
  const words = wordsOf(tested);
  return (
    <table class="faults" aria-label="What each fault would charge">
      <thead>
        <tr>
          <th scope="col" class="pick">
            <span class="sr-only">Together with others</span>
          </th>
          <th scope="col">Fault</th>
          <th scope="col" class="number">
            Charged
          </th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        <Row told={tested.baseline} title={titleOfAll([], words)} what={whatOf([], words)} />
        {byGravity(tested.reports).map((told) => (
          <FaultRow
            key={`${told.fault.name} ${told.fault.call}`}
            told={told}
            title={titleOf(told.fault, words)}
          />
        ))}
      </tbody>
    </table>
  );
}

function FaultRow({ told, title }: { told: FaultTold; title: string }) {
  const { session, state } = useSession();
  const { fault, what } = told;
  return (
    <Row told={told} title={title} what={what}>
      <input
        type="checkbox"
        aria-label={`Choose: ${title}`}
        checked={state.chosen.some((it) => sameFault(it, fault))}
        onChange={() => session.choose(fault)}
      />
    </Row>
  );
}

interface RowProps {
  told: Told;
  title: string;
  what: string;
  children?: ComponentChildren;
}

function Row({ told, title, what, children }: RowProps) {
  const { session } = useSession();
  const { charged, owed, verdict } = told.report;
  const over = excess(charged, owed);
  const isOver = Object.keys(over.amounts).length > 0;
  return (
    <tr>
      <td class="pick">{children}</td>
      <th scope="row">
        <button
          type="button"
          class="row-button"
          data-story={idOf(told)}
          onClick={() => session.showStory(told)}
        >
          {title}
          <span class="sr-only">: show its runs</span>
        </button>
        <span class="row-what">{what}</span>
      </th>
      <td class="number">
        <span class={isOver ? 'over' : ''}>{amounts(charged)}</span>
        <span class="row-what">
          {charges(charged.charges)}
          {isOver && <span class="row-more">+{amounts(over)}</span>}
        </span>
      </td>
      <td class="result">
        <VerdictMark verdict={verdict} />
      </td>
    </tr>
  );
}

/** A flow that charges nobody: its one run shows why. */
function Undisturbed({ told }: { told: Told }) {
  const { session } = useSession();
  const failed = told.report.timeline.some(({ kind }) => kind === 'run_failed');
  return (
    <div class="undisturbed">
      <p>Its run {failed ? 'fails before anybody is charged' : 'succeeds without a charge'}.</p>
      <button type="button" class="button" onClick={() => session.showStory(told)}>
        <Icon name="play" size={16} />
        Watch its run
      </button>
    </div>
  );
}

const togetherOf = (count: number): string =>
  count === 1 ? 'Watch it happen' : count === 2 ? 'Let both happen' : `Let all ${count} happen`;

/** What was ticked, to be let happen together. */
function Combination() {
  const { session, state } = useSession();
  const version = shownVersion(state);
  if (state.chosen.length === 0 || !version) return null;
  const { combination } = version;
  const words = wordsOf(testedOf(version));
  return (
    <div class="combination">
      <p class="combination-title">
        {state.chosen.map((fault) => (
          <span key={`${fault.name}${fault.call}`} class="chip">
            {titleOf(fault, words)}
            <button
              type="button"
              class="chip-close"
              aria-label={`Leave out: ${titleOf(fault, words)}`}
              onClick={() => session.choose(fault)}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        ))}
      </p>
      {combination.status === 'running' || combination.status === 'failed' ? (
        <JobState
          job={combination}
          what="Running"
          idle=""
          start="Start"
          cancel={() => session.cancel('combination')}
          again={() => void session.runChosen()}
        />
      ) : (
        <button type="button" class="button main-button" onClick={() => void session.runChosen()}>
          <Icon name="play" size={16} />
          {togetherOf(state.chosen.length)}
        </button>
      )}
    </div>
  );
}

/** What was not tried, and what was taken on trust. */
function Notes({ tested: { not_applicable, unknown_pieces, charges_nothing } }: { tested: Tested }) {
  return (
    <>
      {unknown_pieces.length > 0 && (
        <div class="note">
          <Icon name="info" size={18} />
          <p>
            The lab does not run {unknown_pieces.map(({ step, piece }) => `${step} (${piece})`).join(', ')}:
            it puts out its sample data.
          </p>
        </div>
      )}
      {not_applicable.length > 0 && !charges_nothing && (
        <details class="note-list">
          <summary>{counted(not_applicable.length, 'fault')} that cannot happen to this flow</summary>
          <ul>
            {not_applicable.map(({ fault, why }) => (
              <li key={fault}>
                <span>{capital(fault.replaceAll('_', ' '))}</span> <span class="quiet">{why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
