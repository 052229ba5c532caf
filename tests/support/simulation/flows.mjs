import { guard } from 'billonce';
import { randomOf } from '../random.mjs';
import { fetchOf } from './network.mjs';
import { SimulatedStripe } from './stripe.mjs';
import { VirtualTime } from './time.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 5, 1);

/**
 * Simulates `count` billing events through flows that retry as Activepieces does, on a network that fails as networks
 * do, and acts on each outcome as docs/what-to-do-with-each-outcome.md says.
 *
 * @param {{ seed: number, count: number, disguise?: (fetch: any, random: any) => any, ageless?: boolean }} options the
 * last two make flows do what they should not, so that a test can tell whether it would be seen: `disguise` changes what
 * they send, `ageless` keeps from `send` how old their events are
 * @returns what happened, by name; how often a doubt was about a charge that was made, and about one that was not; and
 * `problems`: sentences, none if all is well
 */
export async function simulate({ seed, count, disguise = (fetch) => fetch, ageless = false }) {
  const random = randomOf(seed);
  const time = new VirtualTime(START);
  const happened = {};
  const tally = (name) => {
    happened[name] = (happened[name] ?? 0) + 1;
  };
  const stripe = new SimulatedStripe(time, random, tally);
  const world = { time, random, stripe, count: tally, disguise, ageless, problems: [], unknown: {} };
  const events = Array.from({ length: count }, (_, at) => new BillingEvent(at, world));
  await time.asHostTime(random.next, () => time.run());
  for (const event of events) event.verify();
  const problems = world.problems.map((problem) => `seed ${seed}: ${problem}`);
  return { happened, unknown: world.unknown, problems };
}

/** One event, the runs that bill it, and whoever looks after it when a run says so. */
class BillingEvent {
  #world;
  #fields;
  #declines;
  /** Every key that it was billed with. */
  #keys = new Set();
  #runs = 0;
  #active = 0;
  #settled = false;
  #someoneLooks = false;
  /**
   * When it was first sent. Even where that was refused it counts: what lies between may have delivered the request a
   * second time.
   */
  #firstSent;

  constructor(at, world) {
    this.#world = world;
    const { random } = world;
    this.#declines = random.chance(0.03);
    const customer_id = `cus_${this.#declines ? 'declined_' : ''}${at}`;
    this.#fields = { customer_id, amount_cents: 1 + random.below(100_000), billing_period: '2026-06' };
    const start = random.between(0, 24 * HOUR);
    this.#again(start);
    // A webhook delivered twice, at once or nearly.
    if (random.chance(0.1)) this.#again(start + random.pick([0, 1, 300, 5 * SECOND]));
  }

  /** At the end of time: one charge, or none for a card that declines; and somebody knows. */
  verify() {
    const charges = [...this.#keys].reduce((sum, key) => sum + (this.#world.stripe.moved.get(key) ?? 0), 0);
    const owed = this.#declines ? 0 : 1;
    if (charges !== owed) this.#problem(`${charges} charges where ${owed} is owed`);
    if (!this.#settled) this.#problem('nobody knows what became of it');
  }

  #problem(text) {
    this.#world.problems.push(`${this.#fields.customer_id}: ${text}`);
  }

  #again(ms) {
    this.#world.time.in(ms, () =>
      this.#run().catch((error) => this.#problem(`a run failed: ${error.stack}`)),
    );
  }

  async #run() {
    if (this.#settled || this.#someoneLooks) return;
    const { random, time, stripe, disguise } = this.#world;
    if (++this.#runs > 60) return this.#problem('60 runs did not settle it');
    const run = { calls: [], dead: false, over: false, death: undefined };
    const billing = guard({ vault_key: 'vault_key_of_the_simulation' });
    const step = billing.charge(this.#fields);
    const key = step.idempotency_key;
    this.#keys.add(key);
    if (random.chance(0.04)) this.#dieWithin(random.between(0, 20 * SECOND), run);

    const options = { max_attempts: 1 + random.below(4), ...this.#age() };
    this.#firstSent ??= time.now();
    this.#active++;
    const sent = billing.send(
      step,
      disguise(
        fetchOf(this.#world, run, (text) => this.#problem(text)),
        random,
      ),
      options,
    );
    const { outcome, attempts } = await Promise.race([sent, run.death ?? sent]);
    this.#active--;
    run.over = true;
    if (run.dead) return;
    if (attempts.length === 0) this.#world.count('too_old');
    this.#judge(run, attempts, options.first_sent_at !== undefined, key);
    if (outcome.charged === 'yes' && !stripe.moved.has(key)) this.#problem('read as charged, and was not');
    this.#act(outcome);
  }

  /** A worker that dies takes its run with it. About two minutes later the server starts it again. */
  #dieWithin(ms, run) {
    const { time } = this.#world;
    run.death = new Promise((done) => {
      time.in(ms, () => {
        if (run.over) return;
        run.dead = true;
        this.#again(2 * MINUTE);
        done({});
      });
    });
  }

  /** A flow need not say how old its event is; before Stripe may forget the key it makes no difference. */
  #age() {
    const { random, time, ageless } = this.#world;
    const first_sent_at = this.#firstSent;
    if (first_sent_at === undefined || ageless) return {};
    const old = time.now() - first_sent_at > 23 * HOUR;
    return old || random.chance(0.5) ? { first_sent_at } : {};
  }

  /** What the documentation says to do. */
  #act({ kind, charged, retry }) {
    const { random } = this.#world;
    if (charged === 'yes') this.#settled = true;
    else if (retry === 'same_key') this.#again(random.pick([MINUTE, 5 * MINUTE, HOUR, 25 * HOUR]));
    else if (retry === 'review') this.#look();
    else if (kind === 'declined' && this.#declines) this.#settled = true;
    else if (kind === 'cap_exceeded' && charged === 'no') this.#again(random.between(HOUR, 30 * HOUR));
    else this.#problem(`nothing can be done after ${kind} ${charged} ${retry}`);
  }

  /** Somebody looks at Stripe, once all that was sent must be through; where nothing was charged, it is a new event. */
  #look() {
    if (this.#someoneLooks) return;
    this.#someoneLooks = true;
    this.#world.count('looked');
    const look = () => {
      if (this.#active > 0) return this.#world.time.in(HOUR, look);
      const found = [...this.#keys].some((key) => this.#world.stripe.moved.has(key));
      this.#someoneLooks = false;
      if (found) this.#settled = true;
      else {
        this.#world.count('billed_anew');
        this.#firstSent = undefined;
        this.#fields = { ...this.#fields, charge_type: `again-${this.#keys.size}` };
        this.#again(0);
      }
    };
    this.#world.time.in(HOUR, look);
  }

  /** Each attempt's outcome against what its answer told: no more was said, and no less. */
  #judge(run, attempts, sentBefore, key) {
    let doubt = sentBefore;
    for (const [at, { outcome }] of attempts.entries()) {
      const { tells } = run.calls[at];
      const expected = { yes: 'yes', no: 'no', refused: doubt ? 'unknown' : 'no' }[tells] ?? 'unknown';
      if (outcome.charged !== expected) {
        this.#problem(`an answer that tells ${tells} was read as ${outcome.kind} ${outcome.charged}`);
      }
      doubt ||= outcome.charged === 'unknown';
      this.#world.count('attempts');
    }
    const last = attempts.at(-1)?.outcome;
    if (last?.charged !== 'unknown') return;
    const { unknown, stripe } = this.#world;
    const { charged = 0, not = 0 } = unknown[last.kind] ?? {};
    unknown[last.kind] = stripe.moved.has(key) ? { charged: charged + 1, not } : { charged, not: not + 1 };
  }
}
