// Rules about a call's Idempotency-Key.
import { own } from '../../flow/plain.ts';
import type { StripeCall } from '../calls.ts';
import type { Draft, Rule } from '../draft.ts';
import type { Origin } from '../tracing.ts';

const SENT: Record<StripeCall['via'], string> = {
  http: 'Make the key in a Code step with billonce, and send it as the header Idempotency-Key.',
  code: 'Give the call the key of billonce: billonce/stripe for the official package, or guard().charge and send.',
  piece: 'The Stripe piece cannot send a key: use a Code step with billonce and an HTTP step in its place.',
  billonce: '',
};

export const missingKey: Rule = ({ calls }) =>
  calls.flatMap((call): Draft[] => {
    if (call.key !== null) return [];
    const again = call.billing ? 'charges again' : 'makes another object';
    const message = `This POST to Stripe has no Idempotency-Key: a retry, a second delivery or a worker that died ${again}.`;
    const severity = call.billing ? 'error' : 'warning';
    const at = { step: call.place.step.name, line: call.line };
    return [{ rule: 'missing-idempotency-key', severity, ...at, message, fix: SENT[call.via], call }];
  });

/** Failure modes of the HTTP piece with which a 500 is answered by two more POSTs at once. */
const RESENDING = ['retry_all', 'retry_5xx', 'continue_4xx'];

export const retryWithoutKey: Rule = ({ calls }) =>
  calls.flatMap((call): Draft[] => {
    const { step } = call.place;
    if (call.key !== null || (step.type !== 'code' && step.type !== 'piece')) return [];
    const mode = step.type === 'piece' ? own(step.input, 'failureMode') : undefined;
    const resends = RESENDING.includes(String(mode));
    if (!resends && !step.retry_on_failure) return [];
    const why = resends
      ? `The failure mode ${mode} sends this POST up to 3 times within milliseconds when Stripe answers 500`
      : 'Retry on failure runs this step up to 4 times';
    const message = `${why}, and without an Idempotency-Key each may charge.`;
    const fix =
      'Give the call an Idempotency-Key, or let it fail: failure mode continue_none, retry on failure off.';
    return [
      { rule: 'retry-without-key', severity: 'error', step: step.name, line: call.line, message, fix, call },
    ];
  });

export const unstableKey: Rule = ({ calls }) =>
  calls.flatMap(({ key, place }) =>
    (key ?? []).flatMap((origin): Draft[] => {
      if (origin.kind !== 'unstable') return [];
      const message = `The Idempotency-Key is made from ${origin.what}, which is another on each run: a retry gets a new key and charges again.`;
      const fix =
        "Make the key from the event's own data: customer, amount and billing period, as billonce does.";
      const at = origin.step ? { step: origin.step, line: origin.line } : { step: place.step.name };
      return [{ rule: 'unstable-idempotency-key', severity: 'error', ...at, message, fix }];
    }),
  );

export const constantKey: Rule = ({ calls }) =>
  calls.flatMap(({ key, place, line, via }): Draft[] => {
    if (!key?.length || via === 'billonce' || key.some(({ kind }) => kind !== 'literal')) return [];
    const message =
      'The Idempotency-Key is the same text for every customer and period: Stripe charges the first and repeats its answer to all others.';
    const fix =
      "Make the key from the event's own data: customer, amount and billing period, as billonce does.";
    return [
      { rule: 'constant-idempotency-key', severity: 'error', step: place.step.name, line, message, fix },
    ];
  });

/** Whether an origin tells two items of a loop apart: its amount does not. */
const tellsApart = (loop: string) => (origin: Origin) =>
  origin.kind === 'loop' && origin.loop === loop && (origin.path[0] === 'index' || !origin.amount);

const isTold = (key: readonly Origin[]) => key.length > 0 && key.every(({ kind }) => kind !== 'unknown');

export const loopWithoutIndex: Rule = ({ calls, tracing }) =>
  calls.flatMap(({ key, place, line }) =>
    place.loops.flatMap((loop): Draft[] => {
      if (key === null || !isTold(key) || key.some(tellsApart(loop.name))) return [];
      const message = `The key says nothing of the loop ${loop.name}: items that look alike share it, and Stripe charges one of them.`;
      const fix = `Put the loop's index in the key: loop_index: {{${loop.name}['output']['index']}}; or the item's own id as loop_item, which stays the same when the list's order changes.`;
      const maker = makerOf(key);
      const same = maker?.step && tracing.places.get(maker.step)?.loops.includes(loop);
      const at = same ? { step: maker.step as string, line: maker.line } : { step: place.step.name, line };
      return [{ rule: 'loop-without-index', severity: 'error', ...at, message, fix }];
    }),
  );

/** Where billonce made it. */
const makerOf = (key: readonly Origin[]) =>
  key.find(({ kind, step }) => kind === 'billonce' && step !== undefined);

export const branchWithoutName: Rule = ({ calls }) =>
  calls.flatMap((call): Draft[] => {
    const { key, place } = call;
    if (key === null || !isTold(key)) return [];
    const twin = calls.find(
      (other) => inOtherBranch(call, other) && other.key !== null && signature(other.key) === signature(key),
    );
    if (!twin) return [];
    const message = `The key here is made as that of ${twin.place.step.name}, in another branch of the same router: where both charge a customer in one period, Stripe charges once.`;
    const fix =
      "Put the branch's name in the key: branch: 'upgrade', say, in one and another name in the other.";
    const maker = makerOf(key);
    const step = maker?.step ?? place.step.name;
    return [
      {
        rule: 'branch-without-name',
        severity: 'warning',
        step,
        line: maker?.line ?? call.line,
        message,
        fix,
      },
    ];
  });

const inOtherBranch = (one: StripeCall, other: StripeCall): boolean =>
  one.place.branches.some(({ router, at }) =>
    other.place.branches.some((it) => it.router === router && it.at !== at),
  );

/** What a key is made of, but for amounts and places. */
function signature(key: readonly Origin[]): string {
  const parts = key.flatMap((origin) => {
    if (origin.amount) return [];
    if (origin.kind === 'literal') return [`=${origin.text}`];
    if (origin.kind === 'event') return [origin.path.join('.')];
    return origin.kind === 'loop' ? [`${origin.loop}.${origin.path.join('.')}`] : [];
  });
  return [...new Set(parts)].sort().join('\n');
}
