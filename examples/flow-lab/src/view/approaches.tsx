import type { Comparison, ComparisonCell, ComparisonColumn } from '../lab-types.ts';
import { shownVersion } from '../state/types.ts';
import { capital } from '../words/text.ts';
import { Icon, type IconName } from './icons.tsx';
import { JobState } from './job.tsx';
import { Scroller } from './scroller.tsx';
import { useSession } from './session.ts';

/** What the figures in a column are of. */
const TRIED: Record<ComparisonColumn, string> = {
  retry: 'Charges after a retry 20 minutes later, and after one on the next day.',
  duplicate_webhook: 'Charges when the webhook comes again later, and when it comes twice at once.',
  key_isolation: 'How many keys two runs in one worker used, each given its own.',
  spend_cap: 'Spent by six customers under a cap for two: one after the other, and at once.',
  allowlist: 'How many of four calls that it should not make are refused.',
  audit: 'Of how many of three calls it has a record itself.',
};

const CELLS: Record<ComparisonCell['state'], { icon: IconName; tone: string; word: string }> = {
  yes: { icon: 'check', tone: 'good', word: 'Yes' },
  partial: { icon: 'info', tone: 'warn', word: 'Partly' },
  no: { icon: 'cross', tone: 'bad', word: 'No' },
};

/** The published comparison, out of running flows. */
export function Approaches() {
  const { session, state } = useSession();
  const version = shownVersion(state);
  if (!version) return null;
  const { approaches } = version;
  return (
    <>
      <p class="panel-lead">
        The published comparison, not claimed but run: this flow’s event, governed in six ways, through the
        same faults.
      </p>
      {approaches.status === 'done' ? (
        <ApproachTable comparison={approaches.value} />
      ) : (
        <JobState
          job={approaches}
          what="Comparing"
          idle="Six variants of this flow are run; it takes a moment."
          start="Start"
          cancel={() => session.cancel('approaches')}
          again={() => void session.compare()}
        />
      )}
    </>
  );
}

function ApproachTable({ comparison: { columns, approaches } }: { comparison: Comparison }) {
  return (
    <>
      <Scroller class="wide-table" label="Six approaches">
        <table class="approaches">
          <thead>
            <tr>
              <th scope="col">Approach</th>
              {columns.map(({ id, title }) => (
                <th key={id} scope="col">
                  {capital(title)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {approaches.map(({ id, title, cells, missing }) => (
              <tr key={id}>
                <th scope="row">{capital(title)}</th>
                {cells ? (
                  columns.map((column) => <ApproachCell key={column.id} cell={cells[column.id]} />)
                ) : (
                  <td colSpan={columns.length} class="quiet">
                    {missing}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <dl class="tried">
        {columns.map(({ id, title }) => (
          <div key={id}>
            <dt>{capital(title)}</dt>
            <dd>{TRIED[id]}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function ApproachCell({ cell }: { cell: ComparisonCell }) {
  const { icon, tone, word } = CELLS[cell.state];
  // Two figures, or a figure and what it is of: a line for each.
  const [first, ...rest] = cell.text.split(', ');
  return (
    <td>
      <span class={`mark mark-${tone}`}>
        <Icon name={icon} size={14} />
        <span>{word}</span>
      </span>
      <span class="row-what">
        {first} <br />
        {rest.join(', ')}
      </span>
    </td>
  );
}
