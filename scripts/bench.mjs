// `npm run bench`: size, cold start, one key and many, side by side with what a user would otherwise use. Prints the
// tables of BENCHMARKS.md; with --write it puts them there, in the section of the Node that runs it. With --only it measures one
// part alone, and --write then leaves the other tables as they are.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './lib/prepare.mjs';
import { main, root, Stop, step } from './lib/run.mjs';

/** Each part's title, and its function, which answers with a table or a list of them. */
const PARTS = {
  sizes: ['sizes', async () => (await import('./bench/sizes.mjs')).sizes],
  'cold-start': ['cold starts', async () => (await import('./bench/cold-start.mjs')).coldStarts],
  isolate: ['isolates', async () => (await import('./bench/isolate.mjs')).isolates],
  keys: ['one key and 10,000', async () => (await import('./bench/keys.mjs')).keys],
  workerd: ['workerd', async () => (await import('./bench/workerd.mjs')).inWorkers],
  growth: ['growth', async () => (await import('./bench/growth.mjs')).growth],
  lab: ['the lab', async () => (await import('./bench/lab.mjs')).lab],
  edge: ['the edge (about four minutes)', async () => (await import('./bench/edge.mjs')).edge],
};
const USAGE = `Usage: npm run bench -- [--only ${Object.keys(PARTS).join('|')}] [--write]`;

main(async () => {
  const { only, write } = options();
  await prepare({ build: true, hosts: true });
  const parts = only ? [PARTS[only]] : Object.values(PARTS);
  const tables = [];
  for (const [title, find] of parts) {
    const measure = await find();
    tables.push(...[await step(title, () => told(measure))].flat());
  }
  const texts = tables.map(({ title, note, rows }) => `### ${title}\n\n${note}\n\n${markdown(rows)}\n`);
  console.log(texts.join('\n'));
  if (write) put(texts, Boolean(only));
});

/** A measure that takes long tells each figure when it has it, on a line of its own. */
function told(measure) {
  let before = '\n';
  return measure((line) => {
    process.stderr.write(`${before}    ${line}\n`);
    before = '';
  });
}

function options() {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' } } });
    if (values.only !== undefined && !Object.hasOwn(PARTS, values.only))
      throw new Error(`--only ${values.only} is no part`);
    return values;
  } catch (cause) {
    throw new Stop(`${cause.message}\n${USAGE}`);
  }
}

/** Writes the tables into the section of this Node: in the place of all, or of those with the same titles. */
function put(texts, some) {
  const major = process.versions.node.split('.')[0];
  const file = join(root, 'BENCHMARKS.md');
  const [intro, ...sections] = readFileSync(file, 'utf8').split(/(?=<!-- node \d+ -->)/);
  const isOurs = (section) => section.startsWith(`<!-- node ${major} -->`);
  const before =
    sections
      .find(isOurs)
      ?.split(/\n(?=### )/)
      .slice(1) ?? [];
  const head = `<!-- node ${major} -->\n## Node ${process.version}, ${process.platform} ${process.arch}\n`;
  const ours = [head, ...(some ? merged(before, texts) : texts)].join('\n');
  const kept = sections.filter((section) => !isOurs(section));
  writeFileSync(file, intro + [...kept, `${ours.trimEnd()}\n`].sort().join('\n'));
}

function merged(before, texts) {
  const titleOf = (text) => text.split('\n')[0];
  const found = (text) => texts.find((fresh) => titleOf(fresh) === titleOf(text));
  const kept = before.map((text) => found(text) ?? `${text.trimEnd()}\n`);
  return [...kept, ...texts.filter((fresh) => !before.some((text) => titleOf(text) === titleOf(fresh)))];
}

function markdown([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
