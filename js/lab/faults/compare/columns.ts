// What each cell of the table is established by. `npm start` measures the same over HTTP, and says the same.
import type { FaultName, ScenarioReport } from '../../run/types.ts';
import { prepare } from '../prepare.ts';
import { type Engine, runScenarioOf } from '../run.ts';
import type { Subject } from '../subject.ts';
import type { ComparisonCell, ComparisonColumn } from '../types.ts';
import type { ApproachKind } from './approaches.ts';
import { flowOfClient } from './clients.ts';
import { distinctEvents } from './events.ts';
import { openProbe } from './probe.ts';

/** One approach, with its variant of the flow made ready. */
export interface Site {
  approach: ApproachKind;
  subject: Subject;
  engine: Engine;
  figures: Record<string, { owed: number; charged: number }>;
}

type Measure = (site: Site) => Promise<ComparisonCell>;

export const COLUMNS: { id: ComparisonColumn; title: string; measure: Measure }[] = [
  {
    id: 'retry',
    title: 'flow retry',
    measure: async (site) => {
      const soon = await charged(site, 'dashboard_retry');
      const later = await charged(site, 'retry_after_25_hours');
      return guarded([soon, later], `${counted(soon)}, next day ${later.charged.charges}`);
    },
  },
  {
    id: 'duplicate_webhook',
    title: 'webhook twice',
    measure: async (site) => {
      const inTurn = await charged(site, 'duplicate_delivery_later');
      const atOnce = await charged(site, 'duplicate_delivery');
      return guarded([inTurn, atOnce], `${counted(inTurn)}, at once ${atOnce.charged.charges}`);
    },
  },
  { id: 'key_isolation', title: 'key isolation', measure: isolation },
  { id: 'spend_cap', title: 'spend cap', measure: spendCap },
  { id: 'allowlist', title: 'endpoint allowlist', measure: allowlist },
  { id: 'audit', title: 'audit log', measure: audit },
];

async function charged({ subject, engine, figures }: Site, name: FaultName): Promise<ScenarioReport> {
  const report = await runScenarioOf(subject, { seed: 0, faults: [{ name }] }, engine, { quiet: true });
  figures[name] = { owed: report.owed.charges, charged: report.charged.charges };
  return report;
}

const counted = ({ charged: { charges } }: ScenarioReport): string =>
  `${charges} charge${charges === 1 ? '' : 's'}`;

function guarded(reports: readonly ScenarioReport[], text: string): ComparisonCell {
  const once = reports.filter(({ verdict }) => verdict === 'billed_once').length;
  return { state: once === reports.length ? 'yes' : once > 0 ? 'partial' : 'no', text };
}

/** Two runs in one worker, each given a credential of its own: which did each charge come with? */
async function isolation({ approach, engine }: Site): Promise<ComparisonCell> {
  const prefix = approach.to === 'proxy' ? 'vault_key' : 'sk_test';
  const runs = ['first', 'second'].map((name) => ({
    credential: `${prefix}_of_the_${name}_run`,
    base_url: approach.base,
    ...(approach.keyed ? { idempotency_key: `isolation-${name}` } : {}),
    charge: { amount: 4900, currency: 'usd', customer: `cus_${name}` },
  }));
  const used = new Set<string | undefined>();
  const watching: Engine = {
    ...engine,
    openWorld: (settings) => {
      const world = engine.openWorld(settings);
      const send = world.send.bind(world);
      world.send = (request) => {
        if (request.method === 'POST') used.add(request.headers.authorization);
        return send(request);
      };
      return world;
    },
  };
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 1000 };
  const options = { payload: { runs }, proxy: approach.proxy, policy };
  const subject = await prepare(flowOfClient(approach.client), options, engine);
  const { charged: made } = await runScenarioOf(subject, { seed: 0, faults: [] }, watching);
  if (made.charges !== runs.length) throw new Error(`two runs in one worker made ${made.charges} charges`);
  const keys = used.size;
  return { state: keys === 2 ? 'yes' : 'no', text: `${keys} key${keys === 1 ? '' : 's'}, for 2 runs` };
}

const CUSTOMERS = 6;

/** Six customers are billed under a cap for two: one after the other, and all at once. */
async function spendCap(site: Site): Promise<ComparisonCell> {
  const { subject, engine } = site;
  const [payload] = subject.payloads;
  const each = subject.owed.filter(({ event, currency }) => event === 0 && currency === 'usd');
  const cents = each.reduce((sum, { amount }) => sum + amount, 0);
  const payloads = distinctEvents(payload, CUSTOMERS);
  const owed = payloads.flatMap((_, event) => each.map((it) => ({ ...it, event })));
  const policy = { ...subject.policy, daily_usd_cap: (cents * 2) / 100 };
  const billed = async (between_ms: number): Promise<number> => {
    const many: Subject = { ...subject, payloads, owed, policy, between_ms };
    const { charged: made } = await runScenarioOf(many, { seed: 0, faults: [] }, engine, { quiet: true });
    return made.amounts.usd ?? 0;
  };
  const [inTurn, atOnce] = [await billed(60_000), await billed(0)];
  site.figures.spend_cap = { owed: cents * 2, charged: Math.max(inTurn, atOnce) };
  const held = [inTurn, atOnce].filter((amount) => amount <= cents * 2).length;
  const text = `$${inTurn / 100}, at once $${atOnce / 100}`;
  return { state: held === 2 ? 'yes' : held === 1 ? 'partial' : 'no', text };
}

const MONEY = { amount: '4900', currency: 'usd' };
const FORBIDDEN = 403;

/** The credential may charge. What else does it do? Two calls about other objects, and two about charges. */
async function allowlist({ approach, engine }: Site): Promise<ComparisonCell> {
  const { ask, atStripe, world } = openProbe(approach, engine, 10_000);
  const made = atStripe('POST /v1/charges', { ...MONEY, customer: 'cus_A100', capture: 'false' });
  const { id } = JSON.parse(made.body) as { id: string };
  const answers = [
    ask('POST /v1/payouts', MONEY, 'allowlist-1'),
    ask('POST /v1/transfers', { ...MONEY, destination: 'acct_1' }, 'allowlist-2'),
    ask(`POST /v1/charges/${id}/capture`, { amount: '4900' }, 'allowlist-3'),
    ask('GET /v1/charges'),
  ];
  world.close();
  const refused = answers.filter(({ status }) => status === FORBIDDEN).length;
  const state = refused === answers.length ? 'yes' : refused > 0 ? 'partial' : 'no';
  return { state, text: `${refused} of ${answers.length}, refused` };
}

/** A charge, the same again, and a payout that is not allowed: which of them does the approach itself have a row of? */
async function audit({ approach, engine }: Site): Promise<ComparisonCell> {
  const { ask, world } = openProbe(approach, engine, 49);
  const key = (name: string) => (approach.keyed ? name : undefined);
  const charge = { ...MONEY, customer: 'cus_A100' };
  const calls = 3;
  ask('POST /v1/charges', charge, key('audit-charge'));
  ask('POST /v1/charges', charge, key('audit-charge'));
  ask('POST /v1/payouts', MONEY, key('audit-payout'));
  const logged = Math.min(world.audit().length, calls);
  world.close();
  return {
    state: logged === calls ? 'yes' : logged > 0 ? 'partial' : 'no',
    text: `${logged} of ${calls}, calls`,
  };
}
