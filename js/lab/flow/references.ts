/** `{{step_1['output'].request.url}}`, or `{{step_1['request']['url']}}` in exports before 0.85.4. */
export interface Reference {
  /** What it begins with: a step's name, `trigger`, `connections`, or any other name. */
  root: string;
  /** The names after it, without the `output` of the newer syntax. */
  path: string[];
  /** Whether the `{{…}}` holds this alone. */
  alone: boolean;
}

const TEMPLATE = /\{\{([\s\S]*?)\}\}/g;
const NAME = /[A-Za-z_$][\w$]*/y;
const STEP = /\s*(?:\??\.\s*([A-Za-z_$][\w$]*)|(?:\?\.)?\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\])/y;
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`/y;

/** The expressions within `{{…}}`. */
export function templatesIn(text: string): string[] {
  return [...text.matchAll(TEMPLATE)].map(([, expression]) => expression ?? '');
}

/** What stands between them. */
export function literalsIn(text: string): string[] {
  return text
    .split(TEMPLATE)
    .filter((_, at) => at % 2 === 0)
    .filter((part) => part !== '');
}

/** Every reference in a text. In Activepieces an expression is JavaScript; here only names and their members are read. */
export function referencesIn(text: string): Reference[] {
  return templatesIn(text).flatMap(referencesOf);
}

function referencesOf(expression: string): Reference[] {
  const found: Reference[] = [];
  let at = 0;
  while (at < expression.length) {
    const name = match(NAME, expression, at);
    if (name) {
      const start = at;
      at += name[0].length;
      const path: string[] = [];
      for (let step = match(STEP, expression, at); step; step = match(STEP, expression, at)) {
        path.push(step[1] ?? step[2] ?? step[3] ?? step[4] ?? '');
        at += step[0].length;
      }
      const alone = expression.slice(0, start).trim() === '' && expression.slice(at).trim() === '';
      if (path[0] === 'output') path.shift();
      found.push({ root: name[0], path, alone });
    } else {
      at += match(QUOTED, expression, at)?.[0].length ?? 1;
    }
  }
  return found;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Every text in an input, with the names that lead to it. */
export function textsIn(value: unknown, path: string[] = []): { path: string[]; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
}
