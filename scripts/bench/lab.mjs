// The lab: how fast a search goes, in Node, in a browser and natively, and how it grows with the flow.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium, missingChromium } from '../../tests/support/chromium.mjs';
import { servePages } from '../../tests/support/pages.mjs';
import { codeStep, flowFile, loopStep } from '../demo/export-shape.mjs';
import { quiet, root } from '../lib/run.mjs';

const EVENT = { customer_id: 'cus_A100', amount_cents: 4900, billing_period: '2026-06', event_id: 'evt_1' };
const SEARCH = { payload: EVENT, search: 2_000, seed: 1, depth: 3 };
const SIZES = [1, 10, 100, 1_000];
const ROUNDS = 9;

const file = (path) => readFileSync(join(root, path), 'utf8');
const whole = (number) => Math.round(number).toLocaleString('en');

/** @param {(line: string) => void} tell */
export async function lab(tell) {
  const { fixFlow, runScenario, searchFlow } = await import(pathToFileURL(join(root, 'pkg/lab.js')));
  const unguarded = JSON.parse(file('scripts/demo/without-billonce.flow.json'));
  const { fixed } = fixFlow(unguarded, { edge: 'https://billing.example.com', payload: EVENT });
  const flows = { 'without billonce': unguarded, 'fixed, through the edge': fixed };
  const rows = [];
  for (const [name, flow] of Object.entries(flows)) {
    rows.push(speedRow(`Node, ${name}`, await timed(() => searchFlow(flow, SEARCH))));
    tell(rows.at(-1).join(', '));
  }
  for (const [name, found] of await inChromium(flows)) {
    rows.push(speedRow(`Chromium, ${name}`, found));
    tell(rows.at(-1).join(', '));
  }
  const growth = [];
  for (const size of SIZES) {
    growth.push(await growthRow(runScenario, unguarded, size));
    tell(growth.at(-1).join(', '));
  }
  return [
    {
      title: 'The lab: a search',
      note: `${SEARCH.search.toLocaleString('en')} combinations of up to ${SEARCH.depth} faults in one thread; each second it plays so many of them, with so many deliveries, runs and calls to Stripe.`,
      rows: [['', 'scenarios', 'deliveries', 'runs', 'calls'], ...rows],
    },
    {
      title: 'The lab: its world alone, native',
      note: 'A delivery is one charge sent, executed and answered. `CARGO_PROFILE_RELEASE_OPT_LEVEL=3 cargo run --release --features lab --example world`',
      rows: [['', 'a delivery', 'deliveries a second'], ...native()],
    },
    {
      title: 'The lab: flows of different sizes',
      note: `Milliseconds for an undisturbed scenario with its thread, the least of ${ROUNDS}: so many Code steps before the charge, or so many items of a loop of one Code step.`,
      rows: [['', 'Code steps', 'items of a loop'], ...growth],
    },
  ];
}

async function timed(search) {
  const started = performance.now();
  const found = await search();
  return { ...found, seconds: (performance.now() - started) / 1000 };
}

const speedRow = (name, { scenarios, deliveries, runs, calls_made, seconds }) => [
  name,
  ...[scenarios, deliveries, runs, calls_made].map((count) => whole(count / seconds)),
];

async function inChromium(flows) {
  if (await missingChromium()) return [];
  const pages = await servePages({
    'page.html': '<script type="module" src="page.js"></script>',
    'page.js': `import { searchFlow } from './lab.js'; globalThis.searchFlow = searchFlow; globalThis.ready = true;`,
    ...Object.fromEntries(['lab.js', 'index.js', 'lab-worker.js'].map((name) => [name, file(`pkg/${name}`)])),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${pages.origin}/page.html`);
    await page.waitForFunction('globalThis.ready');
    const found = [];
    for (const [name, flow] of Object.entries(flows)) {
      const search = () =>
        page.evaluate(([given, options]) => globalThis.searchFlow(given, options), [flow, SEARCH]);
      found.push([name, await timed(search)]);
    }
    return found;
  } finally {
    await browser.close();
    pages.close();
  }
}

/** What the example prints, a line for each way to Stripe. */
function native() {
  const env = { CARGO_PROFILE_RELEASE_OPT_LEVEL: '3' };
  const run = 'run --quiet --locked --release --features lab --example world --target-dir target/native';
  return quiet('cargo', run.split(' '), { env })
    .trim()
    .split('\n')
    .map((line) => {
      const [name, each, rate] = line.split('\t');
      return [
        name,
        each.replace(' a delivery', ''),
        Number(rate.replace(' a second', '')).toLocaleString('en'),
      ];
    });
}

async function growthRow(runScenario, unguarded, size) {
  const charge = unguarded.flows[0].trigger.nextAction;
  const code = (name) =>
    codeStep({
      name,
      title: name,
      input: { at: name },
      code: 'export const code = ({ at }) => at;',
      packageJson: '{}',
    });
  const steps = Array.from({ length: size }, (_, at) => code(`step_${at + 1000}`));
  const items = "{{trigger['output']['body']['lines']}}";
  const loop = loopStep({ name: 'step_9', title: 'Loop', items, firstLoopAction: code('step_10') });
  const payload = { ...EVENT, lines: Array.from({ length: size }, (_, at) => at) };
  const cells = [];
  for (const before of [steps, [loop]]) {
    const flow = flowFile({ name: 'Grown', description: '', steps: [...before, charge] });
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { seconds } = await timed(() => runScenario(flow, { seed: 1, faults: [] }, { payload }));
      times.push(seconds * 1000);
    }
    cells.push(Math.min(...times).toFixed(0));
  }
  return [size.toLocaleString('en'), ...cells];
}
