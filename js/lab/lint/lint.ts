import { edgeRoot, stripeBase } from '../fix/edge.ts';
import type { Mend } from '../fix/file.ts';
import { limitsOf } from '../fix/limits.ts';
import { mendedBy, planFix } from '../fix/plan.ts';
import { planRepointing } from '../fix/repoint.ts';
import type { Finding, FixedFlow, FixOptions, LintOptions } from '../types.ts';
import { contextFor } from './context.ts';
import type { Context, Draft, Rule } from './draft.ts';
import { withoutRawKeys } from './raw-key.ts';
import { prefixLost } from './rules/clients.ts';
import {
  branchWithoutName,
  constantKey,
  loopWithoutIndex,
  missingKey,
  retryWithoutKey,
  unstableKey,
} from './rules/keys.ts';
import { bodyType, directUrl, zeroDecimal } from './rules/requests.ts';
import {
  bigintInOutput,
  clientAtModuleScope,
  rawKey,
  secretInOutput,
  unreadableCode,
} from './rules/secrets.ts';

const RULES: Rule[] = [
  missingKey,
  unstableKey,
  constantKey,
  loopWithoutIndex,
  branchWithoutName,
  retryWithoutKey,
  rawKey,
  clientAtModuleScope,
  secretInOutput,
  directUrl,
  prefixLost,
  bodyType,
  zeroDecimal,
  bigintInOutput,
  unreadableCode,
];

/**
 * What can be seen in an exported flow without running it. Findings come in the order of the flow's steps.
 *
 * @param flow What `readFlow` takes: the file's text, its bytes, or its JSON.
 * @throws {BillonceError} as `readFlow` does, and `invalid_base_url` for a proxy that is none.
 */
export function lint(flow: unknown, options: LintOptions = {}): Finding[] {
  const { drafts, context, text } = draftsOf(flow, options);
  return drafts.map((draft) => findingOf(draft, context, text));
}

/**
 * The flow with all mended that can be mended safely, ready for Import, what `lint` still finds in it, and what it cannot promise. The
 * file that was given stays as it is.
 *
 * @throws {BillonceError} as `lint` does.
 */
export function fixFlow(flow: unknown, options: FixOptions = {}): FixedFlow {
  const edge = options.edge === undefined ? undefined : edgeRoot(options.edge);
  const { drafts, context, text } = draftsOf(flow, { ...options, ...(edge ? { edge } : {}) });
  const mends = new Map<unknown, Mend>();
  for (const draft of drafts) {
    const mend = planFix(draft, context);
    // Two findings about one call are mended at once.
    if (mend) mends.set(draft.call ?? draft, mend);
  }
  for (const call of context.calls) {
    const mend = mends.has(call) ? null : planRepointing(call, context);
    if (mend) mends.set(call, mend);
  }
  const limits = limitsOf(context, mends);
  if (mends.size === 0) return { fixed: null, findings: lint(text, options), limits };
  const fixed = mendedBy([...mends.values()], text);
  // The edge is a proxy, whatever its address is called.
  const known = edge === undefined ? options : { ...options, proxy: stripeBase(edge) };
  return { fixed, findings: lint(fixed, known), limits };
}

function draftsOf(flow: unknown, options: FixOptions): { drafts: Draft[]; context: Context; text: string } {
  const { context, text } = contextFor(flow, options);
  const order = new Map(['trigger', ...context.tracing.places.keys()].map((name, at) => [name, at]));
  const drafts = distinct(RULES.flatMap((rule) => rule(context)));
  drafts.sort((one, other) => (order.get(one.step) ?? 0) - (order.get(other.step) ?? 0));
  return { drafts, context, text };
}

/** One finding for each rule, step and line: several calls may lead to the same. */
function distinct(drafts: readonly Draft[]): Draft[] {
  const seen = new Set<string>();
  return drafts.filter(({ rule, step, line }) => {
    const place = `${rule} ${step} ${line ?? ''}`;
    return !seen.has(place) && seen.add(place);
  });
}

function findingOf(draft: Draft, context: Context, text: string): Finding {
  const { rule, severity, step, line, message, fix } = draft;
  const { title } = context.tracing.places.get(step)?.step ?? context.flow.trigger;
  const finding: Finding = {
    rule,
    severity,
    step,
    title: withoutRawKeys(title, '(key)'),
    ...(line ? { line } : {}),
    message,
    fix,
  };
  const mend = planFix(draft, context);
  // Made when it is asked for: a copy of the flow for each finding would be many.
  if (mend) Object.defineProperty(finding, 'fixed', { enumerable: true, get: () => mendedBy([mend], text) });
  return finding;
}
