// Reads a flow and its options, and lets it run once undisturbed: what it charges then is what is owed.
import { BillonceError } from '../../index.ts';
import { readFlow } from '../flow/read.ts';
import { referencesIn, textsIn } from '../flow/references.ts';
import { everyPlace } from '../flow/walk.ts';
import type { StripeCallMade } from '../run/lab.ts';
import { unknownPieces } from '../run/pieces.ts';
import type { LabPolicy, ProxyKind, WorldOptions } from '../run/types.ts';
import { SLACK_URL, STRIPE_KEY, VAULT_KEY } from '../stand-ins.ts';
import type { Flow } from '../types.ts';
import { minorUnitOf } from './money-text.ts';
import { type Owed, owedBy, withKeysOfTheirOwn } from './owed.ts';
import { reformatted } from './period-edit.ts';
import type { Engine } from './run.ts';
import { askedAround, samplePayload } from './sample.ts';
import { tellStory } from './story.ts';
import type { PlannedCall, Subject } from './subject.ts';

/** A Monday, nine in the morning: three days later is the same week. */
const START = Date.parse('2026-06-01T09:00:00Z');

/** No event is billed twice for being one of many: what is tested is what goes wrong with one. */
const MOST_PAYLOADS = 100;

/** @param renamed The flow with other names for its inputs, if it can be had. */
export async function prepare(
  input: unknown,
  options: WorldOptions,
  engine: Engine,
  renamed: Flow | null = null,
): Promise<Subject> {
  const flow = readFlow(input);
  const places = [...everyPlace(flow.steps)];
  const proxy = options.proxy ?? proxyIn(flow);
  const bare: Subject = {
    flow,
    options: { ...options, proxy },
    ...payloadsOf(options, flow),
    between_ms: 60_000,
    now: startOf(options),
    connections: connectionsFor(flow, options.connections ?? {}),
    outputs: options.outputs ?? {},
    answerOf: answerer(options.answers ?? {}),
    policy: { allowed_endpoints: [], daily_usd_cap: 1 },
    owed: [],
    calls: [],
    places: [],
    last_billing: null,
    calls_others: false,
    loops: new Map(places.map(({ step, loops }) => [step.name, loops.map(({ name }) => name)])),
    inputs: new Map(places.map(({ step }) => [step.name, 'input' in step ? step.input : undefined])),
    renamed,
    has_period: false,
    scheduled: /schedule/.test(flow.trigger.piece ?? ''),
    retrying: new Set(
      places.flatMap(({ step }) => ('retry_on_failure' in step && step.retry_on_failure ? [step.name] : [])),
    ),
    unknown_pieces: unknownPieces(flow),
    around: askedAround(flow),
  };
  return { ...bare, ...(await undisturbed(bare, engine)) };
}

/** What a run shows in which every call is executed. */
async function undisturbed(subject: Subject, engine: Engine): Promise<Partial<Subject>> {
  const policy = { allowed_endpoints: ['POST /v1/charges'], daily_usd_cap: 1 };
  const { now } = subject;
  const world = engine.openWorld({
    seed: 0,
    now,
    proxy: { kind: 'billonce_edge', policy },
    cards_on_file: true,
  });
  let othersAfterCharge = false;
  let period = false;
  const watched: Subject = {
    ...subject,
    answerOf: (url) => {
      othersAfterCharge ||= world.charges().length > 0;
      return subject.answerOf(url);
    },
    sees: (step, given) => {
      const raw = subject.inputs.get(step);
      period ||= JSON.stringify(reformatted(raw, given)) !== JSON.stringify(given);
    },
  };
  try {
    const { lab, meant } = await tellStory(watched, [], withKeysOfTheirOwn(world), engine.openLab);
    // A run that fails undisturbed is retried like any other; what it means to charge, its first try shows.
    const made = lab.calls().filter((call) => meant.get(call)?.execution === 1);
    const eventOf = (call: StripeCallMade) => meant.get(call)?.event ?? 0;
    const owed = subject.payloads.flatMap((_, event) =>
      owedBy(
        made.filter((call) => eventOf(call) === event),
        event,
      ),
    );
    const calls = made.filter((call) => eventOf(call) === 0).map(planned);
    return {
      owed,
      calls,
      places: calls.map(({ place }) => place),
      last_billing: owed.findLast(({ event }) => event === 0)?.place ?? null,
      calls_others: othersAfterCharge,
      has_period: period,
      policy: subject.options.policy ?? policyFor(made, owed),
    };
  } finally {
    world.close();
  }
}

const planned = (call: StripeCallMade, at: number): PlannedCall => ({
  number: at + 1,
  place: call.place,
  step: call.step,
  endpoint: call.endpoint && withoutIds(call.endpoint),
  has_key: call.idempotency_key !== null,
});

/** As the vault key should be: what the flow uses, up to what is owed. */
function policyFor(calls: readonly StripeCallMade[], owed: readonly Owed[]): LabPolicy {
  const endpoints = calls.flatMap(({ endpoint }) => (endpoint ? withoutIds(endpoint) : []));
  const cents = owed.reduce(
    (sum, { currency, amount }) => sum + Math.ceil((amount * 100) / minorUnitOf(currency)),
    0,
  );
  const others = [...new Set(owed.map(({ currency }) => currency))].filter((currency) => currency !== 'usd');
  return {
    allowed_endpoints: endpoints.length > 0 ? [...new Set(endpoints)] : ['POST /v1/charges'],
    daily_usd_cap: cents > 0 ? cents / 100 : 1,
    ...(others.length > 0 ? { usd_rates: Object.fromEntries(others.map((currency) => [currency, 1])) } : {}),
  };
}

/** `POST /v1/charges/ch_1/capture` is one of `POST /v1/charges/{id}/capture`. */
const withoutIds = (endpoint: string): string =>
  endpoint.replaceAll(/\/[a-z]{2,4}_[A-Za-z0-9_]+(?=\/|$)/g, '/{id}');

/** The vendor's, where the flow names it; else billonce's own. */
function proxyIn(flow: Flow): ProxyKind {
  const texts = [...everyPlace(flow.steps)].flatMap(({ step }) =>
    step.type === 'code'
      ? [step.code, ...textsIn(step.input).map(({ text }) => text)]
      : 'input' in step
        ? textsIn(step.input).map(({ text }) => text)
        : [],
  );
  return texts.some((text) => text.includes('keybrake')) ? 'spend_cap' : 'billonce_edge';
}

function payloadsOf(
  { payload, payloads }: WorldOptions,
  flow: Flow,
): Pick<Subject, 'payloads' | 'payload_source'> {
  if (payloads === undefined) {
    if (payload !== undefined) return { payloads: [payload], payload_source: 'given' };
    const { made, value } = samplePayload(flow);
    return { payloads: [value], payload_source: made ? 'made' : 'sample' };
  }
  if (payload !== undefined)
    throw new BillonceError('conflicting_fields', 'payloads', 'payloads and payload exclude each other');
  if (!Array.isArray(payloads) || payloads.length === 0 || payloads.length > MOST_PAYLOADS)
    throw new BillonceError(
      'wrong_type',
      'payloads',
      `payloads must be a list of 1 to ${MOST_PAYLOADS} events`,
    );
  return { payloads, payload_source: 'given' };
}

function startOf({ now }: WorldOptions): number {
  if (now === undefined) return START;
  const ms = Date.parse(now);
  if (/^\d{4}-\d{2}-\d{2}T/.test(now) && Number.isFinite(ms)) return ms;
  throw new BillonceError('invalid_time', 'now', 'now must be a moment such as "2026-06-01T09:00:00Z"');
}

/** The longest beginning counts. */
function answerer(answers: NonNullable<WorldOptions['answers']>): Subject['answerOf'] {
  const byLength = Object.entries(answers).sort(([one], [other]) => other.length - one.length);
  return (url) => {
    const [, answer] = byLength.find(([beginning]) => url.startsWith(beginning)) ?? [];
    return { status: answer?.status ?? 200, body: answer?.body ?? {} };
  };
}

/** What stands in for the connections that the flow refers to: no real secret is needed. */
function connectionsFor(flow: Flow, given: Record<string, unknown>): Record<string, unknown> {
  const connections: Record<string, unknown> = {};
  for (const { step } of everyPlace(flow.steps)) {
    if (!('input' in step)) continue;
    for (const { text } of textsIn(step.input)) {
      for (const { root, path } of referencesIn(text)) {
        const [name] = path;
        if (root === 'connections' && name) connections[name] = placeholder(name, path.slice(1));
      }
    }
  }
  return { ...connections, ...given };
}

function placeholder(name: string, members: readonly string[]): unknown {
  const text = /url|webhook|slack/i.test(name)
    ? SLACK_URL
    : /vault|keybrake|billonce|edge/i.test(name)
      ? VAULT_KEY
      : STRIPE_KEY;
  return members.reduceRight<unknown>((inner, member) => ({ [member]: inner }), text);
}
