// `{{…}}` in a step's input, as Activepieces fills it in. There it is JavaScript; here, a path and nothing more.

const REFERENCE = /\{\{(.*?)\}\}/g;
const NAME = /^\s*([A-Za-z_]\w*)/;
const STEP = /\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\])/y;

/**
 * @param {unknown} input       text, or lists and objects of it
 * @param {Record<string, unknown>} scope   what a reference may begin with
 */
export function resolve(input, scope) {
  if (typeof input === 'string') return resolveText(input, scope);
  if (Array.isArray(input)) return input.map((item) => resolve(item, scope));
  if (input === null || typeof input !== 'object') return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, resolve(value, scope)]));
}

/** A text that is one reference keeps what it refers to, whatever its type; any other text stays text. */
function resolveText(text, scope) {
  const [only] = text.match(REFERENCE) ?? [];
  if (only === text) return follow(text.slice(2, -2), scope);
  return text.replaceAll(REFERENCE, (_, path) => {
    const value = follow(path, scope);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** What is not there is an empty text, as in Activepieces. */
function follow(path, scope) {
  return (
    parse(path).reduce((value, name) => (Object.hasOwn(Object(value), name) ? value[name] : null), scope) ??
    ''
  );
}

/** @returns {string[]} `step_1['output'].request` → `['step_1', 'output', 'request']` */
function parse(path) {
  const name = NAME.exec(path);
  const names = name ? [name[1]] : [];
  STEP.lastIndex = name?.[0].length ?? 0;
  let read = STEP.lastIndex;
  for (let step = name && STEP.exec(path); step; step = STEP.exec(path)) {
    names.push(step[1] ?? step[2] ?? step[3] ?? step[4]);
    read = STEP.lastIndex;
  }
  if (!name || path.slice(read).trim() !== '')
    throw new Error(`{{${path}}} is no reference that this runner can read`);
  return names;
}
