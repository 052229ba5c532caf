import type { ComponentChildren } from 'preact';
import type { Branch, Flow, FlowStep, Shown, TriggerStep } from '../lab-types.ts';
import { shownVersion } from '../state/types.ts';
import { hidden } from '../words/steps.ts';
import { Icon } from './icons.tsx';
import { Scroller } from './scroller.tsx';
import { useSession } from './session.ts';
import { StepCard } from './step-card.tsx';

/** What a card is drawn with. */
export interface Drawn {
  findings: ReadonlyMap<string, Shown[]>;
  /** Steps whose charges went wrong in the story that is looked at. */
  hurt: ReadonlySet<string>;
  pointed: string | null;
}

/** So many are drawn at once; a flow can have two thousand. */
const FIRST = 150;

export function FlowDrawing() {
  const { state } = useSession();
  const version = shownVersion(state);
  if (!version) return null;
  const findings = new Map<string, Shown[]>();
  for (const finding of version.findings)
    findings.set(finding.step, [...(findings.get(finding.step) ?? []), finding]);
  const drawn = { findings, hurt: new Set(state.story?.report.steps ?? []), pointed: state.step };
  return (
    <section class="flow" aria-labelledby="flow-title">
      <h2 id="flow-title" class="panel-title">
        Flow
        <span class="quiet">{count(version.flow)}</span>
      </h2>
      <Scroller class="flow-scroll" label="The flow’s steps">
        <ol class="chain">
          <Item>
            <StepCard step={version.flow.trigger} drawn={drawn} />
          </Item>
          <Chain steps={version.flow.steps} drawn={drawn} />
        </ol>
      </Scroller>
    </section>
  );
}

function count(flow: Flow): string {
  const steps = countSteps(flow.steps);
  return steps === 1 ? '1 step' : `${steps.toLocaleString('en-US')} steps`;
}

const countSteps = (steps: readonly FlowStep[]): number =>
  steps.reduce((sum, step) => {
    if (step.type === 'loop') return sum + 1 + countSteps(step.steps);
    if (step.type === 'router')
      return step.branches.reduce((all, branch) => all + countSteps(branch.steps), sum + 1);
    return sum + 1;
  }, 0);

function Chain({ steps, drawn }: { steps: readonly FlowStep[]; drawn: Drawn }) {
  const shown = steps.slice(0, FIRST);
  const rest = steps.slice(FIRST);
  return (
    <>
      {shown.map((step) => (
        <Item key={step.name}>
          <Step step={step} drawn={drawn} />
        </Item>
      ))}
      {rest.length > 0 && (
        <Item>
          <details class="more-steps">
            <summary>{rest.length.toLocaleString('en-US')} more steps</summary>
            <p class="quiet">{rest.map(({ name }) => name).join(', ')}</p>
          </details>
        </Item>
      )}
    </>
  );
}

function Step({ step, drawn }: { step: FlowStep; drawn: Drawn }) {
  if (step.type === 'loop') {
    return (
      <>
        <StepCard step={step} drawn={drawn} />
        <div class="nest loop-nest">
          <p class="nest-title">
            <Icon name="loop" size={14} />
            Each item
          </p>
          <List steps={step.steps} drawn={drawn} />
        </div>
      </>
    );
  }
  if (step.type === 'router') {
    return (
      <>
        <StepCard step={step} drawn={drawn} />
        <div class="branches">
          {step.branches.map((branch, at) => (
            <BranchNest key={at} branch={branch} drawn={drawn} />
          ))}
        </div>
      </>
    );
  }
  return <StepCard step={step} drawn={drawn} />;
}

function BranchNest({ branch, drawn }: { branch: Branch; drawn: Drawn }) {
  return (
    <div class="nest branch-nest">
      <p class="nest-title">
        <Icon name="router" size={14} />
        <bdi>{hidden(branch.name)}</bdi>
        {branch.fallback && branch.name !== 'Otherwise' && <span class="quiet"> (otherwise)</span>}
      </p>
      <List steps={branch.steps} drawn={drawn} />
    </div>
  );
}

function List({ steps, drawn }: { steps: readonly FlowStep[]; drawn: Drawn }) {
  if (steps.length === 0) return <p class="quiet nest-empty">No steps</p>;
  return (
    <ol class="chain">
      <Chain steps={steps} drawn={drawn} />
    </ol>
  );
}

const Item = ({ children }: { children: ComponentChildren }) => <li class="chain-item">{children}</li>;

export type AnyStep = FlowStep | TriggerStep;
