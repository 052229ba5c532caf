import type { ComponentChildren } from 'preact';
import type { Tested } from '../lab-types.ts';
import { shownVersion, testedOf, type Version } from '../state/types.ts';
import { titleOfAll, wordsOf } from '../words/faults.ts';
import { amounts, charges } from '../words/money.ts';
import { hidden } from '../words/steps.ts';
import { figures, headline } from '../words/verdict.ts';
import { saveFile } from './download.ts';
import { Icon, type IconName } from './icons.tsx';
import { JobState } from './job.tsx';
import { Limits } from './limits.tsx';
import { useSession } from './session.ts';

const TONE_ICONS: Record<'bad' | 'warn' | 'good', IconName> = { bad: 'warn', warn: 'info', good: 'check' };

/** What it all comes to, before anything else. */
export function VerdictPanel() {
  const { session, state } = useSession();
  const version = shownVersion(state);
  if (!version) return null;
  const tested = testedOf(version);
  const said = tested && headline(tested);
  return (
    <section
      class={`verdict ${said ? `tone-${said.tone}` : `tests-${version.tests.status}`}`}
      aria-labelledby="verdict"
      tabIndex={-1}
    >
      <div class="verdict-top">
        <p class="eyebrow" title={hidden(version.flow.name)}>
          <bdi>{hidden(version.flow.name)}</bdi>
          <span class="quiet">
            {' · '}
            <bdi>{version.kind === 'original' ? state.fileName : 'mended by the lab'}</bdi>
          </span>
        </p>
        <VersionSwitch />
      </div>
      <h1 id="verdict" class="verdict-sentence">
        {said && (
          <span class="verdict-icon">
            <Icon name={TONE_ICONS[said.tone]} size={22} />
          </span>
        )}
        <span>{said?.sentence ?? waitingFor(version)}</span>
      </h1>
      {said?.detail && <p class="verdict-detail">{said.detail}</p>}
      {version.tests.status !== 'done' && (
        <JobState
          job={version.tests}
          what="Testing"
          idle="The event or the world has changed."
          start="Test this flow"
          cancel={() => session.cancel('tests')}
          again={() => void session.test()}
        />
      )}
      {tested && !tested.charges_nothing && <FigureRow tested={tested} />}
      {said && <Actions version={version} />}
      {version.limits.length > 0 && <Limits version={version} />}
    </section>
  );
}

function waitingFor({ tests }: Version): string {
  if (tests.status === 'running') return 'Letting every fault happen to this flow…';
  if (tests.status === 'failed') return 'This flow could not be tested.';
  return 'Not tested yet.';
}

function FigureRow({ tested }: { tested: Tested }) {
  const { owed, worst, excess } = figures(tested);
  const isWorse = Object.keys(excess.amounts).length > 0;
  return (
    <dl class="figures">
      <Figure title="Owed" value={amounts(owed)} note={charges(owed.charges)} />
      <Figure
        title="Charged at worst"
        value={amounts(worst.charged)}
        note={
          isWorse
            ? `${charges(worst.charged.charges)}: ${titleOfAll(worst.scenario.faults, wordsOf(tested))}`
            : charges(worst.charged.charges)
        }
      />
      <Figure
        title="Too much, at worst"
        value={isWorse ? amounts(excess) : '$0.00'}
        note={isWorse ? 'more than is owed' : 'in every fault'}
      />
    </dl>
  );
}

function Figure({ title, value, note }: { title: string; value: string; note: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{title}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        <span class="figure-note">{note}</span>
      </dd>
    </div>
  );
}

function Actions({ version }: { version: Version }) {
  const { session, state } = useSession();
  if (version.kind === 'fixed') {
    return (
      <div class="actions">
        <button
          type="button"
          class="button main-button"
          onClick={() => saveFile(version.text, fixedName(state.fileName))}
        >
          <Icon name="download" size={18} />
          Download the fixed flow
        </button>
        <button type="button" class="button" onClick={() => void session.test()}>
          <Icon name="again" size={18} />
          Test again
        </button>
      </div>
    );
  }
  const fixable = version.findings.filter((finding) => finding.fixable).length;
  return (
    <div class="actions">
      {fixable > 0 && state.versions.length === 1 && (
        <button type="button" class="button main-button" onClick={() => void session.fix('all')}>
          <Icon name="wrench" size={18} />
          Fix it and test again
        </button>
      )}
      <button type="button" class="button" onClick={() => session.showTab('findings')}>
        {version.findings.length === 1 ? '1 finding' : `${version.findings.length} findings`}
      </button>
    </div>
  );
}

export const fixedName = (fileName: string): string =>
  `${
    fileName
      .replace(/\.json$/i, '')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase() || 'flow'
  }.fixed.json`;

/** The flow as it came beside the mended one, each with what it comes to. */
function VersionSwitch() {
  const { session, state } = useSession();
  if (state.versions.length < 2) return null;
  return (
    <fieldset class="versions">
      <legend class="sr-only">Which flow is shown</legend>
      {state.versions.map((version, at) => (
        <label key={version.kind} class="version">
          <input
            type="radio"
            name="version"
            class="sr-only"
            checked={at === state.shown}
            onChange={() => session.show(at)}
          />
          <span>{version.kind === 'original' ? 'As it came' : 'Fixed'}</span>
          <span class="version-count">{countOf(version)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function countOf(version: Version): string {
  const tested = testedOf(version);
  if (!tested) return '…';
  const twice = tested.reports.filter(({ report }) => report.verdict === 'charged_twice').length;
  return `${twice} of ${tested.reports.length}`;
}
