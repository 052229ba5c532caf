// Requests of a run: to Stripe, to the proxy before it, or to any other host, and what becomes of them.
import type { WorldAnswer, WorldRequest } from '../world/types.ts';
import type { Clock } from './clock.ts';
import type { Teller, Whereabouts } from './events.ts';
import { paramOf } from './form.ts';
import type { LabSettings, Run, StripeCallMade } from './lab.ts';
import { routeOf } from './route.ts';

export interface Request {
  url: string;
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
  timeout_ms: number;
}

export type Reply = WorldAnswer | { failed: 'timeout' | 'connection_closed' };

/** One execution of a step, whose requests are counted. */
export interface Execution extends Whereabouts {
  run: Run;
  /** The requests of it so far, by what is the same when one is sent again, and whether its answer asks for that. */
  readonly sent: Map<string, { number: number; failed: boolean }>;
  /** How many places it has called so far. */
  places: number;
}

export const newExecution = (run: Run, at: Whereabouts): Execution => ({
  ...at,
  run,
  sent: new Map(),
  places: 0,
});

/** How long a host that is not Stripe takes. */
const ELSEWHERE_MS = 100;

export class Calls {
  readonly made: StripeCallMade[] = [];
  readonly #clock: Clock;
  readonly #settings: LabSettings;
  readonly #tell: Teller;
  readonly #die: (run: Run) => void;
  /** Of each run: its calls so far, and how often each of its places was called. */
  readonly #counts = new Map<Run, { calls: number; places: Map<string, number> }>();

  constructor(clock: Clock, settings: LabSettings, tell: Teller, die: (run: Run) => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#tell = tell;
    this.#die = die;
  }

  /** Never answered where the worker dies of it. `again` says that the sender repeats what it sent before. */
  send(execution: Execution, request: Request, then: (reply: Reply) => void, again = false): void {
    const route = routeOf(request.url);
    if (route.to === 'stripe' || route.to === 'proxy') {
      const sent: WorldRequest = { ...request, to: route.to, path: route.path };
      if (route.path.startsWith('/v1')) {
        this.#toStripe(execution, sent, then, again);
        return;
      }
      this.#clock.when(this.#clock.world.send(sent), (happened) => {
        if (happened.kind === 'answer') then(happened.answer);
        else if (happened.kind === 'no_answer') then({ failed: happened.reason });
      });
      return;
    }
    const { status, body } =
      route.to === 'nowhere'
        ? { status: 404, body: { error: 'not_found' } }
        : this.#settings.answerOf(request.url, execution.run);
    this.#clock.after(ELSEWHERE_MS, () => then({ status, headers: JSON_TYPE, body: textOf(body) }));
  }

  #toStripe(execution: Execution, request: WorldRequest, then: (reply: Reply) => void, again: boolean): void {
    const { run } = execution;
    const call = this.#note(execution, request, again);
    const { strike, worker_dies = false } = this.#settings.fateOf(call);
    const sent = strike === undefined ? request : { ...request, strike };
    const key = call.idempotency_key === null ? {} : { idempotency_key: call.idempotency_key };
    const more = { endpoint: call.endpoint as string, ...key };
    this.#tell('call', run, `${call.endpoint} is sent`, execution, more);
    this.#clock.when(this.#clock.world.send(sent), (happened) => {
      if (happened.kind === 'timer') return;
      const { effect } = happened;
      call.effect = effect.did;
      if (effect.charge) {
        call.charge = effect.charge;
        call.customer ??= effect.charge.customer;
      }
      this.#tellEffect(call, execution);
      if (worker_dies) return this.#die(run);
      const failed = happened.kind === 'no_answer' || isRefusedForNow(happened.answer.status);
      execution.sent.set(identity(request), { number: placeNumber(call), failed });
      if (happened.kind === 'answer') {
        const { status } = happened.answer;
        call.status = status;
        this.#tell('answer', run, `Answered with ${status}`, execution, { ...more, status });
        then(happened.answer);
      } else {
        const text = happened.reason === 'timeout' ? 'No answer in time' : 'The connection is closed';
        this.#tell('no_answer', run, text, execution, more);
        then({ failed: happened.reason });
      }
    });
  }

  #tellEffect({ effect, charge, endpoint, idempotency_key }: StripeCallMade, at: Execution): void {
    const more = {
      ...(endpoint === null ? {} : { endpoint }),
      ...(idempotency_key === null ? {} : { idempotency_key }),
    };
    if (effect === 'charged' && charge) {
      const { id, amount, currency, customer } = charge;
      const shown = { id, amount, currency, customer };
      this.#tell('charge', at.run, `Charged ${amount} ${currency}`, at, { ...more, charge: shown });
    } else if (effect === 'replayed') {
      this.#tell('replay', at.run, 'The same as before, nothing is charged', at, more);
    } else if (effect === 'blocked') {
      this.#tell('blocked', at.run, 'The proxy refuses it', at, more);
    }
  }

  #note(execution: Execution, request: WorldRequest, again: boolean): StripeCallMade {
    const { run, step, indices } = execution;
    const { method, path, headers, body } = request;
    const idempotency_key = headers['idempotency-key'] ?? null;
    const before = execution.sent.get(identity(request));
    const isAgain = again || (before?.failed === true && idempotency_key !== null);
    const number = isAgain && before ? before.number : ++execution.places;
    execution.sent.set(identity(request), { number, failed: false });
    const place = `${step}${indices.map((index) => `[${index}]`).join('')}#${number}`;
    const counts = this.#counts.get(run) ?? { calls: 0, places: new Map<string, number>() };
    this.#counts.set(run, counts);
    counts.calls++;
    const attempt = (counts.places.get(place) ?? 0) + 1;
    counts.places.set(place, attempt);
    const amount = paramOf(body, 'amount');
    const call: StripeCallMade = {
      run,
      step,
      loop_index: [...indices],
      place,
      number: counts.calls,
      attempt,
      endpoint: `${method} ${path.split('?')[0]}`,
      idempotency_key,
      amount: amount !== null && /^\d{1,12}$/.test(amount) ? Number(amount) : null,
      currency: paramOf(body, 'currency'),
      customer: paramOf(body, 'customer'),
    };
    this.made.push(call);
    return call;
  }
}

/** What is the same of a request that is sent again. */
const identity = ({ method, path, headers, body }: WorldRequest): string =>
  `${method} ${path} ${headers['idempotency-key'] ?? ''} ${body}`;

const placeNumber = ({ place }: StripeCallMade): number => Number(place.slice(place.lastIndexOf('#') + 1));

/** Whoever has a key sends it again after these. */
const isRefusedForNow = (status: number): boolean => status === 409 || status === 429 || status >= 500;

const JSON_TYPE = { 'content-type': 'application/json' };
const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : (JSON.stringify(body ?? {}) ?? '');
