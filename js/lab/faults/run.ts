// One scenario of a flow, and what it did to the customers.
import type { OpenFlowLab, StripeCallMade } from '../run/lab.ts';
import type { Scenario, ScenarioReport } from '../run/types.ts';
import type { OpenWorld, World, WorldCharge } from '../world/types.ts';
import { judge, type Paid } from './judge.ts';
import { moneyOf } from './owed.ts';
import { type Meant, type Told, tellStory } from './story.ts';
import type { Subject } from './subject.ts';

/** What scenarios need of the lab. */
export interface Engine {
  openWorld: OpenWorld;
  openLab: OpenFlowLab;
}

export async function runScenarioOf(
  subject: Subject,
  scenario: Scenario,
  engine: Engine,
  settings: { quiet?: boolean } = {},
): Promise<ScenarioReport> {
  const world = worldOf(subject, scenario.seed, engine);
  try {
    const told = await tellStory(subject, scenario.faults, world, engine.openLab, settings);
    return reportOf(subject, scenario, world, told);
  } finally {
    world.close();
  }
}

export function worldOf(
  { now, options, policy, restricted_to }: Subject,
  seed: number,
  { openWorld }: Engine,
): World {
  return openWorld({
    seed,
    now,
    // Which card a customer has is not what is tested.
    cards_on_file: true,
    proxy: { kind: options.proxy ?? 'billonce_edge', policy },
    ...(restricted_to ? { restricted_to } : {}),
  });
}

function reportOf(subject: Subject, scenario: Scenario, world: World, told: Told): ScenarioReport {
  const calls = told.lab.calls();
  const charges = world.charges();
  const paid = paidFor(charges, calls, told, scenario);
  const { verdict, cause, steps } = judge({
    owed: subject.owed,
    paid,
    told: new Set(calls.flatMap((call) => toldCharged(call, told.meant))),
    failed: told.failed,
    cap_exceeded: world.cap_exceeded(),
  });
  const count = (effect: StripeCallMade['effect']) => calls.filter((call) => call.effect === effect).length;
  return {
    scenario,
    verdict,
    cause,
    owed: moneyOf(subject.owed),
    charged: moneyOf(charges),
    deliveries: told.deliveries,
    runs: told.lab.runs().length,
    failed: told.failed.size,
    calls: calls.length,
    replays: count('replayed'),
    blocked: count('blocked'),
    steps,
    timeline: told.timeline,
  };
}

function toldCharged(call: StripeCallMade, meant: Told['meant']): string[] {
  const it = meant.get(call);
  const ok = call.status !== undefined && call.status >= 200 && call.status < 300;
  const isTold = ok && (call.effect === 'charged' || call.effect === 'replayed');
  return it && isTold ? [`${it.event} ${it.place}`] : [];
}

/** A charge belongs to the call that made it; one that the proxy made later, to the call whose key it has. */
function paidFor(
  charges: readonly WorldCharge[],
  calls: readonly StripeCallMade[],
  { meant }: Told,
  { faults }: Scenario,
): Paid[] {
  const made = new Map<string, StripeCallMade>();
  const keyed = new Map<string, StripeCallMade>();
  for (const call of calls) {
    if (call.charge && call.effect === 'charged') made.set(call.charge.id, call);
    if (call.idempotency_key !== null && !keyed.has(call.idempotency_key))
      keyed.set(call.idempotency_key, call);
  }
  const has = (...names: string[]) => faults.some(({ name }) => names.includes(name));
  const edit = has('field_renamed', 'period_reformatted') ? 'edit' : has('list_reordered') ? 'order' : null;
  return charges.map((charge): Paid => {
    const call =
      made.get(charge.id) ??
      (charge.idempotency_key === null ? undefined : keyed.get(charge.idempotency_key));
    const it: Meant | undefined = call && meant.get(call);
    const { amount, currency, customer, at, idempotency_key: key } = charge;
    const where = { event: it?.event ?? -1, place: it?.place ?? '', step: call?.step ?? '' };
    return {
      ...where,
      amount,
      currency,
      customer,
      key,
      at,
      different: (it?.execution ?? 1) > 1 ? edit : null,
    };
  });
}
