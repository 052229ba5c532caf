// The flow was edited: the inputs of its Code steps have other names, in their sources as well. What is made of the values stays
// the same; what is made of the names, such as a key from JSON.stringify(inputs), does not.
import type { Node, ObjectPattern } from '@babel/types';
import { nameOfKey, namesOf } from '../code/names.ts';
import { everyNode, isFunction, parseCode } from '../code/parse.ts';
import type { CodeStep, Flow, FlowStep } from '../types.ts';

const renamed = (name: string): string => `${name}_new`;

/** The flow after the edit; null where no Code step can be edited without knowing more. */
export function withRenamedInputs(flow: Flow): Flow | null {
  let edited = false;
  const steps = mapped(flow.steps, (step) => {
    const code = Object.keys(step.input).length > 0 ? sourceWithRenamed(step) : null;
    if (code === null) return step;
    edited = true;
    const input = Object.fromEntries(
      Object.entries(step.input).map(([name, value]) => [renamed(name), value]),
    );
    return { ...step, code, input };
  });
  return edited ? { ...flow, steps } : null;
}

function mapped(steps: readonly FlowStep[], edit: (step: CodeStep) => CodeStep): FlowStep[] {
  return steps.map((step): FlowStep => {
    if (step.type === 'code') return edit(step);
    if (step.type === 'loop') return { ...step, steps: mapped(step.steps, edit) };
    if (step.type !== 'router') return step;
    return {
      ...step,
      branches: step.branches.map((branch) => ({ ...branch, steps: mapped(branch.steps, edit) })),
    };
  });
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** What takes all inputs at once, and does not ask for one by its name. */
const TAKE_ALL = ['stringify', 'keys', 'entries', 'values'];

/** Null where the source does something with its inputs that a new name would break. */
function sourceWithRenamed({ code, input }: CodeStep): string | null {
  const parsed = parseCode(code);
  if (!('file' in parsed)) return null;
  const program = namesOf(parsed.file.program);
  const { entry } = program;
  if (!entry || !isFunction(entry)) return null;
  const [param] = (entry as Extract<Node, { type: 'ArrowFunctionExpression' }>).params;
  const given = param && inputsOf(param, input);
  if (!given) return null;
  const edits: Edit[] | null =
    given.type === 'ObjectPattern'
      ? inPattern(given, input)
      : (program.bindings.get(given.name)?.length ?? 0) === 1
        ? ofName(given.name, param, parsed.file.program, input)
        : null;
  if (!edits) return null;
  edits.sort((one, other) => other.start - one.start);
  return edits.reduce((text, { start, end, text: to }) => text.slice(0, start) + to + text.slice(end), code);
}

type Inputs = ObjectPattern | Extract<Node, { type: 'Identifier' }>;

/** The parameter, or `{ inputs }` of the published pattern. */
function inputsOf(param: Node, input: object): Inputs | null {
  if (param.type === 'Identifier') return param;
  if (param.type !== 'ObjectPattern') return null;
  for (const property of param.properties) {
    if (property.type !== 'ObjectProperty' || nameOfKey(property.key) !== 'inputs' || 'inputs' in input)
      continue;
    const { value } = property;
    return value.type === 'Identifier' || value.type === 'ObjectPattern' ? value : null;
  }
  return param;
}

function inPattern(pattern: ObjectPattern, input: object): Edit[] | null {
  const edits: Edit[] = [];
  for (const property of pattern.properties) {
    if (property.type !== 'ObjectProperty' || property.computed) return null;
    const name = nameOfKey(property.key);
    if (!Object.hasOwn(input, name)) continue;
    const { start, end } = property.key as { start: number; end: number };
    const key = JSON.stringify(renamed(name));
    edits.push(property.shorthand ? { start, end: start, text: `${key}: ` } : { start, end, text: key });
  }
  return edits;
}

/** Every use of a variable that holds the inputs. */
function ofName(name: string, param: Node, program: Node, input: object): Edit[] | null {
  const edits: Edit[] = [];
  const understood = new Set<Node>([param]);
  const uses: Node[] = [];
  const isIt = (node: Node | null | undefined) => node?.type === 'Identifier' && node.name === name;
  for (const { node } of everyNode(program)) {
    if (isIt(node)) uses.push(node);
    if (node.type === 'ObjectProperty' && !node.computed && isIt(node.key) && !node.shorthand)
      understood.add(node.key);
    if (
      node.type === 'ObjectPattern' &&
      node.properties.some((it) => it.type === 'ObjectProperty' && isIt(it.value))
    ) {
      for (const it of node.properties)
        if (it.type === 'ObjectProperty') understood.add(it.value).add(it.key);
    }
    if (node.type === 'MemberExpression') {
      if (!node.computed && isIt(node.property)) understood.add(node.property);
      if (!isIt(node.object)) continue;
      const member = nameOfKey(node.property);
      if (node.computed && node.property.type !== 'StringLiteral') return null;
      understood.add(node.object);
      if (!Object.hasOwn(input, member)) continue;
      const { start, end } = node.property as { start: number; end: number };
      edits.push({ start, end, text: node.computed ? JSON.stringify(renamed(member)) : renamed(member) });
    }
    if (
      node.type === 'VariableDeclarator' &&
      node.init &&
      isIt(node.init) &&
      node.id.type === 'ObjectPattern'
    ) {
      const within = inPattern(node.id, input);
      if (!within) return null;
      edits.push(...within);
      understood.add(node.init);
    }
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      if (!TAKE_ALL.includes(nameOfKey(node.callee.property))) continue;
      for (const argument of node.arguments) if (isIt(argument)) understood.add(argument);
    }
  }
  return uses.every((node) => understood.has(node)) ? edits : null;
}
