// What a fixed flow cannot promise, said rather than left to be found out.
import { own } from '../flow/plain.ts';
import { referencesIn } from '../flow/references.ts';
import type { StripeCall } from '../lint/calls.ts';
import type { Context } from '../lint/draft.ts';
import type { FixLimit } from '../types.ts';
import { ITEM_IDS } from './items.ts';

export function limitsOf(context: Context, mended: ReadonlyMap<unknown, unknown>): FixLimit[] {
  const urls = context.calls.flatMap(({ via, place: { step } }) =>
    via === 'http' ? [own(own(step, 'input'), 'url')] : [],
  );
  const makers = new Set(urls.flatMap((url) => referencesIn(String(url)).map(({ root }) => root)));
  // What billonce makes in a Code step, an HTTP step sends.
  const isOnlyMade = ({ via, place }: StripeCall) => via === 'billonce' && makers.has(place.step.name);
  return context.calls
    .filter((call) => call.billing && !isOnlyMade(call))
    .flatMap((call) => limitsOfCall(call, context, mended));
}

function limitsOfCall(call: StripeCall, context: Context, mended: ReadonlyMap<unknown, unknown>): FixLimit[] {
  const { edge, eventId } = context;
  const { step, loops } = call.place;
  const limit = (kind: FixLimit['kind'], message: string): FixLimit => ({ step: step.name, kind, message });
  const isMended = mended.has(call);
  if (!isMended && (call.key === null || edge !== null)) {
    const through = edge !== null && call.key !== null;
    return [
      limit(
        'not_mended',
        through
          ? 'This call could not be pointed at the edge: give it the edge as its base URL and the vault key.'
          : 'This call could not be given a key: the flow does not say enough of what it bills.',
      ),
    ];
  }
  if (!isMended) return [];
  if (edge === null) {
    return [
      limit(
        'key_forgotten',
        "Stripe may forget a key after 24 hours: a run that is retried later, or after the flow was edited, charges again. Fixed through billonce's edge, the call has a key that is remembered for 90 days and pinned to its event.",
      ),
      ...(loops.length > 0 ? [limit('no_item_id', itemMessage(false))] : []),
    ];
  }
  return [
    ...(eventId === null
      ? [
          limit(
            'no_event_id',
            'The flow shows no id of the event itself: where it is edited between a run and its retry, so that the billing period is written otherwise, the key is another and charges again. Send an event_id with the event.',
          ),
        ]
      : []),
    ...(loops.length > 0 ? [limit('no_item_id', itemMessage(eventId !== null))] : []),
  ];
}

const itemMessage = (pinned: boolean): string =>
  `Items are told apart by their own ${ITEM_IDS.join(', ')}; where they have none, by the loop's index. A list without ids that comes in another order ${
    pinned ? 'is refused by the edge then, and the run fails' : 'charges again'
  }.`;
