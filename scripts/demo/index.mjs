// The demonstration: one event shown, then every fault with and without billonce, then the published comparison of approaches.
// It is a check as well: a figure that is not what is expected fails it.
import { Stop, step } from '../lib/run.mjs';
import { approachSources, measureApproaches } from './approaches/index.mjs';
import { surprisesAmong } from './approaches/judge.mjs';
import { approachesAsJson, approachNotes, approachTable } from './approaches/report.mjs';
import { installPackage } from './bundle.mjs';
import { compare, sourcesOf, surprises } from './compare.mjs';
import { describeEvent, makeEvent } from './event.mjs';
import { FAULTS } from './faults.mjs';
import { notes, table } from './table.mjs';
import { palette } from './terminal.mjs';
import { Worker } from './worker.mjs';

/** @param {{ json: boolean }} options */
export async function demonstrate({ json }) {
  // So that what was made for the demonstration goes away with it.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const workers = [new Worker(), new Worker()];
  const installed = await step('packing and installing billonce', installPackage);
  try {
    const event = makeEvent(await installed.billonce());
    const sources = [...sourcesOf(FAULTS), ...approachSources()];
    const files = await step('bundling the Code steps', () => installed.bundle(sources));
    const rows = await step(`letting ${FAULTS.length} faults happen, each twice`, () =>
      compareAll({ workers, files }),
    );
    const approaches = await step('running six approaches through six questions', () =>
      measureApproaches({ workers, files }),
    );
    print(json ? asJson(event, rows, approaches) : asText(event, rows, approaches));
    const wrong = FAULTS.flatMap((fault, at) => surprises(fault, rows[at]));
    wrong.push(...surprisesAmong(approaches));
    if (wrong.length > 0) throw new Stop(`Not what was expected:\n${wrong.join('\n')}`);
  } finally {
    for (const worker of workers) worker.kill();
    installed.remove();
  }
}

async function compareAll(host) {
  const rows = [];
  for (const fault of FAULTS) rows.push(await compare(fault, host));
  return rows;
}

function asJson(event, rows, approaches) {
  const faults = rows.map(({ notes: { why, seen, advice }, ...row }) => ({
    ...row,
    note: [why, seen, advice].filter(Boolean).join(' '),
  }));
  return JSON.stringify({ event, faults, comparison: approachesAsJson(approaches) }, null, 2);
}

function asText(event, rows, approaches) {
  const paint = palette();
  return [
    '',
    paint.bold('One event, as the installed package sees it'),
    '',
    describeEvent(event, paint),
    '',
    paint.bold('What goes wrong, and what the customer then pays: webhook → Code step → Stripe → Slack'),
    paint.dim('Charges and dollars are counted at a Stripe double on this machine.'),
    '',
    table(rows, paint),
    '',
    notes(rows, paint),
    '',
    paint.bold('Six ways to let a flow bill: the published comparison, every cell of it just run'),
    paint.dim('✓ it holds, ◐ in part, ✗ it does not; * not as published, and explained below.'),
    '',
    approachTable(approaches, paint),
    '',
    approachNotes(approaches, paint),
    '',
  ].join('\n');
}

const print = (text) => process.stdout.write(`${text}\n`);
