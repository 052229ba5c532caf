// The published table, from running flows.
import { readFlow } from '../../flow/read.ts';
import type { WorldOptions } from '../../run/types.ts';
import { prepare } from '../prepare.ts';
import type { Engine } from '../run.ts';
import { samplePayload } from '../sample.ts';
import type { Approach, Comparison, ComparisonCell, ComparisonColumn } from '../types.ts';
import { APPROACHES, type ApproachKind, type Variant, type Variants } from './approaches.ts';
import { COLUMNS } from './columns.ts';

export async function compareFlow(
  { flow: input, variants }: { flow: unknown; variants: Variants },
  options: WorldOptions,
  engine: Engine,
  progress: (done: number, total: number) => void,
): Promise<Comparison> {
  const flow = readFlow(input);
  const payload = options.payloads?.[0] ?? options.payload ?? samplePayload(flow).value;
  const approaches: Approach[] = [];
  for (const approach of APPROACHES) {
    const done = approaches.length * COLUMNS.length;
    approaches.push(
      await measured(approach, variants[approach.id], { ...options, payload }, engine, (column) =>
        progress(done + column, APPROACHES.length * COLUMNS.length),
      ),
    );
  }
  return { flow: flow.name, columns: COLUMNS.map(({ id, title }) => ({ id, title })), approaches };
}

async function measured(
  approach: ApproachKind,
  variant: Variant,
  { payloads: _, policy: __, ...options }: WorldOptions,
  engine: Engine,
  progress: (column: number) => void,
): Promise<Approach> {
  const { id, title, proxy } = approach;
  if (!('flow' in variant)) {
    progress(COLUMNS.length);
    return { id, title, missing: variant.missing, cells: null, figures: {} };
  }
  const subject = await prepare(variant.flow, { ...options, proxy }, engine);
  if (subject.owed.length === 0) {
    progress(COLUMNS.length);
    return { id, title, missing: 'the flow charges nothing with this payload', cells: null, figures: {} };
  }
  const resources = subject.calls.flatMap(
    ({ endpoint }) => /^POST \/v1\/(\w+)/.exec(endpoint ?? '')?.[1] ?? [],
  );
  const restricted = approach.restricted ? { restricted_to: [...new Set(resources)] } : {};
  const site = { approach, subject: { ...subject, ...restricted }, engine, figures: {} };
  const cells: Partial<Record<ComparisonColumn, ComparisonCell>> = {};
  for (const [at, column] of COLUMNS.entries()) {
    cells[column.id] = await column.measure(site);
    progress(at + 1);
  }
  return { id, title, missing: null, cells: cells as NonNullable<Approach['cells']>, figures: site.figures };
}
