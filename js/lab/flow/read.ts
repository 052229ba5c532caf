import { BillonceError } from '../../index.ts';
import type { Flow, FlowStep } from '../types.ts';
import { kindOf, parseFile, unwrap } from './file.ts';
import { type Fields, own } from './plain.ts';
import { referencesIn, textsIn } from './references.ts';
import { readChain, readTrigger, type Seen } from './steps.ts';
import { everyStep } from './walk.ts';

/**
 * Reads a flow that Activepieces exported: its text, its bytes, or the JSON already parsed. Takes the wrapper of 0.77 and later (`flows`)
 * and the older one (`template`), both reference syntaxes, any `schemaVersion`, and a byte order mark. Up to 20 MB and 2,000 steps.
 *
 * @throws {BillonceError} for what is no flow, or not a whole one; `field` is such as `"step_2.type"`.
 */
export function readFlow(input: unknown): Flow {
  try {
    return flowOf(input);
  } catch (error) {
    if (error instanceof BillonceError) throw error;
    // A getter or a proxy threw.
    throw new BillonceError('unreadable_input', 'flow', 'flow cannot be read: give the exported JSON');
  }
}

function flowOf(input: unknown): Flow {
  const { body, name } = unwrap(parseFile(input));
  const seen: Seen = new Map();
  const trigger = readTrigger(own(body, 'trigger'), seen);
  const steps = readChain(trigger.next, seen);
  const flow = { name, schema_version: schemaVersion(body), trigger: trigger.step, steps };
  checkReferences(flow, seen);
  return flow;
}

function schemaVersion(body: Fields): string | null {
  const version = own(body, 'schemaVersion') ?? null;
  if (version === null || typeof version === 'string') return version;
  if (typeof version === 'number') return String(version);
  const message = `schemaVersion is ${kindOf(version)}; Activepieces writes a text such as "22"`;
  throw new BillonceError('wrong_type', 'schemaVersion', message);
}

/** A reference to a step that is not there, or comes later, would be an empty text at run time: an empty customer, or a key that all share. */
function checkReferences(flow: Flow, seen: Seen): void {
  const before = new Set<string>();
  for (const step of everyStep(flow.steps)) {
    for (const { path, text } of textsIn(inputOf(step))) {
      const missing = referencesIn(text).find(({ root }) => /^step_\d+$/.test(root) && !before.has(root));
      if (!missing) continue;
      const plainly = path.findIndex((name) => !/^[\w-]{1,32}$/.test(name));
      const field = [step.name, ...(plainly < 0 ? path : path.slice(0, plainly))].join('.');
      const { root } = missing;
      const why = !seen.has(root)
        ? `${root}, which this flow does not have`
        : root === step.name
          ? 'the step itself'
          : `${root}, which comes only after it`;
      const message = `${field} refers to ${why}: it would be empty when the flow runs`;
      throw new BillonceError('unresolved_reference', field, message);
    }
    before.add(step.name);
  }
}

/** Where a step's references stand. A Code step's source is no template. */
function inputOf(step: FlowStep): unknown {
  if (step.type === 'loop') return { items: step.items };
  if (step.type === 'router') return step.branches.map(({ conditions }) => conditions);
  return step.input;
}
