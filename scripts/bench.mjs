// `npm run bench`: size, cold start, one key and many, side by side with what a user would otherwise use. Prints the
// tables of BENCHMARKS.md; with --write it puts them there, in the section of the Node that runs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { main, root, step } from './lib/run.mjs';

main(async () => {
  await prepare({ build: true, hosts: true });
  const { sizes } = await import('./bench/sizes.mjs');
  const { coldStarts } = await import('./bench/cold-start.mjs');
  const { isolates } = await import('./bench/isolate.mjs');
  const { keys } = await import('./bench/keys.mjs');
  const { inWorkers } = await import('./bench/workerd.mjs');
  const { growth } = await import('./bench/growth.mjs');
  const { edge } = await import('./bench/edge.mjs');
  const sections = [
    await step('sizes', sizes),
    await step('cold starts', coldStarts),
    await step('isolates', isolates),
    await step('one key and 10,000', keys),
    await step('workerd', inWorkers),
    await step('growth', growth),
    await step('the edge', edge),
  ];
  const tables = sections
    .map(({ title, note, rows }) => `### ${title}\n\n${note}\n\n${markdown(rows)}`)
    .join('\n\n');
  const major = process.versions.node.split('.')[0];
  const text = `<!-- node ${major} -->\n## Node ${process.version}, ${process.platform} ${process.arch}\n\n${tables}\n`;
  console.log(text);
  if (process.argv.includes('--write')) {
    const file = join(root, 'BENCHMARKS.md');
    const [intro, ...others] = readFileSync(file, 'utf8').split(/(?=<!-- node \d+ -->)/);
    const kept = others.filter((section) => !section.startsWith(`<!-- node ${major} -->`));
    writeFileSync(file, intro + [...kept, text].sort().join('\n'));
  }
});

function markdown([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
