// Whether package.json's `exports`, the files of pkg/ and what is documented agree: `node scripts/check-exports.mjs`
// after `npm run build`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/run.mjs';

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'docs/lab.md', 'pkg-template/README.md'];
/** Conditions by which a host is known; they must stand before the format's, which every host has. */
const HOSTS = ['workerd'];
const FORMATS = ['import', 'require'];
/** Entries that are ES modules alone: a Worker is nothing else. */
const MODULES = ['./edge'];

/** What is wrong, one sentence each. */
export function checkExports() {
  const template = manifest('pkg-template');
  const { exports } = template;
  const problems = [];
  if (JSON.stringify(exports) !== JSON.stringify(manifest('pkg').exports)) {
    problems.push('pkg/package.json exports something else than pkg-template/package.json: build anew');
  }
  for (const [subpath, target] of Object.entries(exports)) {
    if (MODULES.includes(subpath)) {
      if (`${Object.keys(target)}` !== 'types,default')
        problems.push(`${subpath}: types must stand before default`);
    } else if (typeof target === 'object') problems.push(...conditionProblems(subpath, target));
    else if (subpath !== target) problems.push(`${subpath} is exported as ${target}, which needs conditions`);
  }
  const { main, module, types } = template;
  for (const path of [main, module, types, ...pathsOf(exports)]) {
    if (!existsSync(join(root, 'pkg', path))) problems.push(`${path} is named, but it is not in pkg/`);
  }
  for (const document of DOCUMENTS) {
    for (const subpath of documentedSubpaths(readFileSync(join(root, document), 'utf8'))) {
      if (!(subpath in exports)) problems.push(`${document} documents ${subpath}, which is not exported`);
    }
  }
  return problems;
}

const manifest = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

const pathsOf = (target) =>
  typeof target === 'string' ? [target] : Object.values(target).flatMap((inner) => pathsOf(inner));

/** Node and bundlers take the first condition that holds, so their order decides. */
function conditionProblems(subpath, target) {
  const problems = [];
  const conditions = Object.keys(target);
  const expected = [...HOSTS.filter((host) => conditions.includes(host)), ...FORMATS];
  if (`${conditions}` !== `${expected}`) {
    problems.push(`${subpath} has the conditions ${conditions}; expected are ${expected}`);
  }
  for (const [condition, files] of Object.entries(target)) {
    if (`${Object.keys(files)}` !== 'types,default') {
      problems.push(`${subpath}, ${condition}: types must stand before default, and nothing beside them`);
      continue;
    }
    const [types, code] = condition === 'require' ? ['.d.cts', '.cjs'] : ['.d.ts', '.js'];
    if (!files.types.endsWith(types)) problems.push(`${subpath}, ${condition}: its types are no ${types}`);
    if (!files.default.endsWith(code)) problems.push(`${subpath}, ${condition}: its file is no ${code}`);
  }
  return problems;
}

/** `'billonce/edge'` in code, `billonce/edge` in text: as exports name them, and the package itself as `.`. */
export function documentedSubpaths(text) {
  const named = text.matchAll(/(["'`])billonce(\/[\w./-]+)?\1/g);
  return new Set([...named].map(([, , subpath = '']) => `.${subpath}`));
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkExports();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
