// An event for a flow, made of what the flow refers to. It is shown before it is used, and can be changed.
import type { Flow, FlowStep } from '../lab-types.ts';

type Path = string[];

/** Values by what a field's name says. The first that fits. */
const VALUES: [RegExp, unknown][] = [
  [/customer_?email|email/i, 'ada@example.com'],
  [/customer|cus_?id/i, 'cus_A100'],
  [/amount|cents|price|total/i, 4900],
  [/period|month/i, '2026-06'],
  [/currency/i, 'usd'],
  [/quantity|count|seats/i, 1],
  [/invoice/i, 'in_1001'],
  [/type|kind|plan/i, 'renewal'],
  [/date|_at$/i, '2026-06-01'],
  [/id$/i, 'id_1001'],
];

const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06' };
const ITEMS = 3;

/** The payload as JSON text: a webhook's body, or any other trigger's output. */
export function payloadFor(flow: Flow): string {
  const tree: Tree = { fields: new Map(), isList: false };
  const roots = new Map<string, Path>([['trigger', []]]);
  for (const step of everyStep(flow.steps)) {
    if (step.type === 'loop') {
      const list = pathsIn(step.items, roots, isWebhook(flow))[0];
      if (list) {
        grow(tree, [...list, '[]']);
        roots.set(step.name, list);
      }
    }
    for (const path of pathsIn(inputOf(step), roots, isWebhook(flow))) grow(tree, path);
  }
  const payload = tree.fields.size > 0 ? exampleOf(tree, '') : EVENT;
  return JSON.stringify(payload, null, 2);
}

interface Tree {
  fields: Map<string, Tree>;
  isList: boolean;
}

function grow(tree: Tree, path: Path): void {
  let at = tree;
  for (const name of path) {
    if (name === '[]') {
      at.isList = true;
      continue;
    }
    const next = at.fields.get(name) ?? { fields: new Map(), isList: false };
    at.fields.set(name, next);
    at = next;
  }
}

function exampleOf(tree: Tree, name: string): unknown {
  const one = (): unknown => {
    if (tree.fields.size > 0) {
      return Object.fromEntries([...tree.fields].map(([field, below]) => [field, exampleOf(below, field)]));
    }
    if (tree.isList) return { amount_cents: 2000 };
    return VALUES.find(([pattern]) => pattern.test(name))?.[1] ?? 'example';
  };
  return tree.isList ? Array.from({ length: ITEMS }, one) : one();
}

const isWebhook = ({ trigger }: Flow): boolean => /webhook/.test(trigger.piece ?? '');

const inputOf = (step: FlowStep): unknown => {
  if (step.type === 'loop') return step.items;
  if (step.type === 'router') return step.branches.map(({ conditions }) => conditions);
  return step.input;
};

function* everyStep(steps: readonly FlowStep[]): Generator<FlowStep> {
  for (const step of steps) {
    yield step;
    if (step.type === 'loop') yield* everyStep(step.steps);
    if (step.type === 'router') for (const branch of step.branches) yield* everyStep(branch.steps);
  }
}

/** Where in the payload the references of an input lead. */
function pathsIn(input: unknown, roots: ReadonlyMap<string, Path>, webhook: boolean): Path[] {
  const texts = JSON.stringify(input ?? '').replaceAll('\\"', '"');
  return [...texts.matchAll(/\{\{(.*?)\}\}/g)].flatMap(([, inside = '']) => {
    const [root = '', ...names] = inside.match(/[A-Za-z_$][\w$]*|(?<=\[\s*)\d+(?=\s*\])/g) ?? [];
    const base = roots.get(root);
    if (!base) return [];
    const path = names[0] === 'output' ? names.slice(1) : names;
    if (root !== 'trigger') return path[0] === 'item' ? [[...base, '[]', ...plain(path.slice(1))]] : [];
    if (!webhook) return [plain(path)];
    return path[0] === 'body' && path.length > 1 ? [plain(path.slice(1))] : [];
  });
}

/** A number in a path is an item of a list. */
const plain = (path: Path): Path => path.map((name) => (/^\d+$/.test(name) ? '[]' : name));
