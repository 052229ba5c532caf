import type { Node } from '@babel/types';
import { dottedName, nameOfKey, type Program } from './names.ts';

/** Members that give something else on each run, by what they are asked of; `*` stands for anything. */
const TIME = 'the time';
const RANDOM = 'a random value';
const RUN = "the run's id";

const CALLS: Record<string, string> = {
  'Date.now': TIME,
  'performance.now': TIME,
  'process.hrtime': TIME,
  'hrtime.bigint': TIME,
  'DateTime.now': TIME,
  'DateTime.utc': TIME,
  'Math.random': RANDOM,
  '*.randomUUID': RANDOM,
  '*.randomBytes': RANDOM,
  '*.randomInt': RANDOM,
  '*.getRandomValues': RANDOM,
  'uuid.v1': RANDOM,
  'uuid.v4': RANDOM,
  'uuid.v6': RANDOM,
  'uuid.v7': RANDOM,
};

const FUNCTIONS: Record<string, string> = {
  randomUUID: RANDOM,
  randomBytes: RANDOM,
  randomInt: RANDOM,
  uuid: RANDOM,
  uuidv1: RANDOM,
  uuidv4: RANDOM,
  uuidv6: RANDOM,
  uuidv7: RANDOM,
  nanoid: RANDOM,
  ulid: RANDOM,
  cuid: RANDOM,
};

/** Packages of which such functions are. */
const PACKAGES = /^(uuid|nanoid|ulid|cuid|@paralleldrive\/cuid2)$/;

/** These are the time where they are given nothing. */
const CLOCKS = ['Date', 'moment', 'dayjs'];

const RUN_ID = /^(flow_?run_?id|run_?id|execution_?id)$/i;

/** What has it: a `run_id` of anything else, such as a payroll, is data. */
const RUNNER = /^(context|ctx|execution|flow|flowRun|run|process)$/;

/** What of each run's own an expression is, or null. */
export function unstableNode(program: Program, node: Node): string | null {
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const { callee, arguments: given } = node;
    if (callee.type === 'Identifier') {
      if (CLOCKS.includes(callee.name) && given.length === 0) return TIME;
      return FUNCTIONS[callee.name] ?? byDottedName(program, callee);
    }
    if (callee.type === 'MemberExpression') {
      const name = nameOfKey(callee.property);
      return (
        CALLS[`${nameOfKey(callee.object)}.${name}`] ?? CALLS[`*.${name}`] ?? byDottedName(program, callee)
      );
    }
  }
  if (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') {
    const name = nameOfKey(node.property);
    if (RUN_ID.test(name) && RUNNER.test(rootOf(node))) return RUN;
    const parent =
      node.object.type === 'MemberExpression' ? nameOfKey(node.object.property) : nameOfKey(node.object);
    return name === 'id' && /^(run|execution)$/.test(parent) && RUNNER.test(rootOf(node)) ? RUN : null;
  }
  return null;
}

/** Under whatever name it is called. */
function byDottedName(program: Program, callee: Node): string | null {
  const name = dottedName(program, callee);
  if (name === null || (callee.type === 'Identifier' && name === callee.name)) return null;
  const parts = name.split('.');
  const last = parts.at(-1) ?? '';
  const member = parts.length > 1 ? (CALLS[parts.slice(-2).join('.')] ?? CALLS[`*.${last}`]) : undefined;
  return member ?? (PACKAGES.test(parts[0] ?? '') ? (FUNCTIONS[last] ?? null) : null);
}

/** What a member is asked of, in the end. */
function rootOf(node: Node): string {
  let root = node;
  while (root.type === 'MemberExpression' || root.type === 'OptionalMemberExpression') root = root.object;
  return nameOfKey(root);
}

/** The same in a `{{…}}`. What it takes from the trigger or from a step is the event's own. */
export function unstableTemplate(expression: string): string | null {
  if (/\bMath\s*\.\s*random\s*\(|\b(uuid\w*|nanoid|randomUUID)\s*\(/i.test(expression)) return RANDOM;
  if (/\bDate\s*\.\s*now\s*\(|\bnew\s+Date\s*\(\s*\)|\bnow\s*\(\s*\)/.test(expression)) return TIME;
  const root = /^\s*([A-Za-z_$][\w$]*)/.exec(expression)?.[1] ?? '';
  return RUN_ID.test(root) ? RUN : null;
}

/** The same of a piece's action. */
export function unstableAction(action: string): string | null {
  if (/uuid|random/i.test(action)) return RANDOM;
  return /current_date|get_date_now|\bnow\b/i.test(action) ? TIME : null;
}
