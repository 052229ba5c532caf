// From the file's steps, which hang on each other, to a tree.
import { BillonceError } from '../../index.ts';
import type { Branch, FlowStep, TriggerStep } from '../types.ts';
import { kindOf } from './file.ts';
import { type Fields, isObject, own, plain } from './plain.ts';

/** The steps read so far, by name. */
export type Seen = Map<string, unknown>;

/** Each step nests in the one before it; beyond this, JSON.stringify fails in some hosts. */
const MAX_STEPS = 2_000;
const MAX_NESTING = 50;

/** What a reference can begin with. Error texts repeat such names, and no other text of the file. */
const NAME = /^[A-Za-z_]\w{0,63}$/;

const TRIGGERS = ['PIECE_TRIGGER', 'EMPTY', 'WEBHOOK', 'SCHEDULE'];

export function readTrigger(value: unknown, seen: Seen): { step: TriggerStep; next: unknown } {
  if (!isObject(value)) {
    throw new BillonceError(
      'wrong_type',
      'trigger',
      `trigger is ${kindOf(value)}; a flow begins with a trigger`,
    );
  }
  const { name, title } = nameOf(value, 'trigger', seen);
  checkType(value, name, TRIGGERS);
  const settings = settingsOf(value, name);
  const piece = textOr(own(settings, 'pieceName'), null);
  const trigger = textOr(own(settings, 'triggerName'), null);
  const step = {
    type: 'trigger' as const,
    name,
    title,
    piece,
    trigger,
    input: objectOf(own(settings, 'input')),
    sample_data: sampleData(settings),
  };
  return { step, next: own(value, 'nextAction') };
}

/** A step and those that follow it. */
export function readChain(first: unknown, seen: Seen, nesting = 0): FlowStep[] {
  const steps: FlowStep[] = [];
  let before = 'trigger';
  for (let value = first; value !== undefined && value !== null; value = own(value, 'nextAction')) {
    if (!isObject(value)) {
      const field = `${before}.nextAction`;
      throw new BillonceError('wrong_type', field, `${field} is ${kindOf(value)} where a step belongs`);
    }
    const { name } = nameOf(value, `${before}.nextAction`, seen);
    if (nesting > MAX_NESTING) {
      const message = `${name} sits in more than ${MAX_NESTING} loops and branches`;
      throw new BillonceError('input_too_large', name, message);
    }
    steps.push(readStep(value, name, seen, nesting));
    before = name;
  }
  return steps;
}

type Reader = (value: Fields, name: string, seen: Seen, nesting: number) => FlowStep;

const READERS: Record<string, Reader> = {
  CODE: readCode,
  PIECE: readPiece,
  LOOP_ON_ITEMS: readLoop,
  ROUTER: readRouter,
  BRANCH: readOldBranch,
};

function readStep(value: Fields, name: string, seen: Seen, nesting: number): FlowStep {
  const type = checkType(value, name, Object.keys(READERS));
  return (READERS[type] as Reader)(value, name, seen, nesting);
}

function readCode(value: Fields, name: string): FlowStep {
  const settings = settingsOf(value, name);
  const source = own(settings, 'sourceCode');
  const code = own(source, 'code');
  if (typeof code !== 'string') {
    const field = `${name}.settings.sourceCode.code`;
    throw new BillonceError(
      'wrong_type',
      field,
      `${field} is ${kindOf(code)}; a Code step has its source there as text`,
    );
  }
  const package_json = textOr(own(source, 'packageJson'), '{}');
  return { type: 'code', ...common(value, name), ...retries(settings), code, package_json };
}

function readPiece(value: Fields, name: string): FlowStep {
  const settings = settingsOf(value, name);
  const piece = own(settings, 'pieceName');
  if (typeof piece !== 'string') {
    const field = `${name}.settings.pieceName`;
    throw new BillonceError(
      'wrong_type',
      field,
      `${field} is ${kindOf(piece)}; a piece's step has its name there`,
    );
  }
  const version = textOr(own(settings, 'pieceVersion'), null);
  const action = textOr(own(settings, 'actionName'), null);
  return {
    type: 'piece',
    ...common(value, name),
    ...retries(settings),
    piece,
    version,
    action,
    sample_data: sampleData(settings),
  };
}

function readLoop(value: Fields, name: string, seen: Seen, nesting: number): FlowStep {
  const items = own(settingsOf(value, name), 'items');
  const steps = readChain(own(value, 'firstLoopAction'), seen, nesting + 1);
  return { type: 'loop', ...common(value, name), items, steps };
}

function readRouter(value: Fields, name: string, seen: Seen, nesting: number): FlowStep {
  const settings = settingsOf(value, name);
  const children = own(value, 'children') ?? [];
  const named = own(settings, 'branches') ?? [];
  if (!Array.isArray(children) || !Array.isArray(named)) {
    const field = Array.isArray(children) ? `${name}.settings.branches` : `${name}.children`;
    throw new BillonceError('wrong_type', field, `${field} is no list; a router has its branches there`);
  }
  const branches: Branch[] = Array.from({ length: Math.max(children.length, named.length) }, (_, at) => ({
    name: textOr(own(named[at], 'branchName'), `Branch ${at + 1}`),
    fallback: own(named[at], 'branchType') === 'FALLBACK',
    conditions: own(named[at], 'conditions') ?? [],
    steps: readChain(children[at], seen, nesting + 1),
  }));
  const execution = own(settings, 'executionType') === 'EXECUTE_ALL_MATCH' ? 'all_matches' : 'first_match';
  return { type: 'router', ...common(value, name), execution, branches };
}

/** Before routers there was a step with two ways out. */
function readOldBranch(value: Fields, name: string, seen: Seen, nesting: number): FlowStep {
  const way = (title: string, member: string): Branch => ({
    name: title,
    fallback: member === 'onFailureAction',
    conditions: member === 'onFailureAction' ? [] : (own(settingsOf(value, name), 'conditions') ?? []),
    steps: readChain(own(value, member), seen, nesting + 1),
  });
  const branches = [way('True', 'onSuccessAction'), way('False', 'onFailureAction')];
  return { type: 'router', ...common(value, name), execution: 'first_match', branches };
}

function nameOf(value: Fields, field: string, seen: Seen): { name: string; title: string } {
  const name = own(value, 'name');
  if (typeof name !== 'string' || name === '') {
    throw new BillonceError(
      'missing_field',
      `${field}.name`,
      `${field}.name is not there; every step has a name`,
    );
  }
  if (!NAME.test(name)) {
    const message = `${field}.name is no name of a step: Activepieces writes one such as "step_1"`;
    throw new BillonceError('invalid_flow', `${field}.name`, message);
  }
  if (seen.has(name)) {
    const message = `${name} is there twice: steps are circular, or two have one name`;
    throw new BillonceError('invalid_flow', name, message);
  }
  seen.set(name, value);
  if (seen.size > MAX_STEPS + 1) {
    const message = `${name} is one step too many: flows of up to ${MAX_STEPS.toLocaleString('en-US')} steps can be read`;
    throw new BillonceError('input_too_large', name, message);
  }
  return { name, title: textOr(own(value, 'displayName'), name) };
}

function checkType(value: Fields, name: string, known: readonly string[]): string {
  const type = own(value, 'type');
  if (typeof type === 'string' && known.includes(type)) return type;
  const said = type === undefined ? 'is not there' : 'is not known here';
  const message = `${name}.type ${said}; known are ${known.join(', ')}`;
  throw new BillonceError('invalid_flow', `${name}.type`, message);
}

/** Older files have it; newer ones name a file on the server, and when that was made. */
function sampleData(settings: unknown): unknown {
  const old = own(own(settings, 'inputUiInfo'), 'currentSelectedData');
  if (old !== undefined && old !== null && old !== '') return old;
  const data = own(settings, 'sampleData');
  if (!isObject(data)) return data ?? null;
  const names = Object.keys(data).filter((name) => !/^(lastTestDate|sampleData\w*FileId)$/.test(name));
  return names.length > 0 ? data : null;
}

const settingsOf = (value: Fields, name: string): unknown =>
  plain(own(value, 'settings') ?? {}, `${name}.settings`);

const textOr = <T>(value: unknown, otherwise: T): string | T =>
  typeof value === 'string' && value !== '' ? value : otherwise;

const objectOf = (value: unknown): Fields => (isObject(value) ? value : {});

const common = (value: Fields, name: string) => ({
  name,
  title: textOr(own(value, 'displayName'), name),
  skip: own(value, 'skip') === true,
});

function retries(settings: unknown) {
  const options = own(settings, 'errorHandlingOptions');
  const on = (option: string) => own(own(options, option), 'value') === true;
  return {
    input: objectOf(own(settings, 'input')),
    retry_on_failure: on('retryOnFailure'),
    continue_on_failure: on('continueOnFailure'),
  };
}
