// `{{…}}` in inputs: Activepieces evaluates what stands there as JavaScript. A plain path is followed here; anything else is for the sandbox.

/** A text, cut at its `{{…}}`. */
export type Part = { text: string } | { path: string[]; expression: string } | { expression: string };

const NAME = /^\s*([A-Za-z_$][\w$]*)/;
const STEP = /\s*(?:\??\.\s*([A-Za-z_$][\w$]*)|(?:\?\.)?\[\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d+))\s*\])/y;

const known = new Map<string, readonly Part[]>();
const MOST = 10_000;

export function partsOf(text: string): readonly Part[] {
  let parts = known.get(text);
  if (!parts) {
    parts = cut(text);
    if (known.size >= MOST) known.clear();
    known.set(text, parts);
  }
  return parts;
}

function cut(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', from)) {
    const end = endOf(text, at);
    if (end < 0) break;
    if (at > from) parts.push({ text: text.slice(from, at) });
    parts.push(expressionOf(text.slice(at + 2, end - 2).trim()));
    from = end;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}

/** Behind the braces that close those at `start`; -1 where none do. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length - 1; ) {
    const two = text.slice(at, at + 2);
    if (two === '{{') depth++;
    else if (two === '}}') depth--;
    at += two === '{{' || two === '}}' ? 2 : 1;
    if (depth === 0) return at;
  }
  return -1;
}

function expressionOf(expression: string): Part {
  const name = NAME.exec(expression);
  if (!name) return { expression };
  const path = [name[1] as string];
  STEP.lastIndex = name[0].length;
  let read = STEP.lastIndex;
  for (let step = STEP.exec(expression); step; step = STEP.exec(expression)) {
    path.push(step[1] ?? step[2] ?? step[3] ?? step[4] ?? '');
    read = STEP.lastIndex;
  }
  return expression.slice(read).trim() === '' ? { path, expression } : { expression };
}
