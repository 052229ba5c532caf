// In words: what a scenario came to, and what prevents it.
import type { Cause, Money, ScenarioReport } from '../run/types.ts';
import type { LintRule } from '../types.ts';
import { moneyText } from './money-text.ts';
import type { Explanation } from './types.ts';

interface Remedy {
  why: string;
  prevention: string;
  rules: LintRule[];
}

const REMEDIES: Record<Cause, Remedy> = {
  no_key: {
    why: 'the call has no Idempotency-Key, so Stripe takes each for a new one',
    prevention:
      "Give the call an Idempotency-Key made from the event's own data, as billonce does. A fix inserts it where the flow says enough.",
    rules: ['missing-idempotency-key', 'retry-without-key'],
  },
  key_changed: {
    why: 'each run makes another key',
    prevention:
      "Make the key from the event's own data (customer, amount, billing period), never from a run's id, the time or chance.",
    rules: ['unstable-idempotency-key'],
  },
  key_of_an_edit: {
    why: 'the edited flow makes another key for the same event',
    prevention:
      "Pin the key by the event's own id: PUT {edge}/event-keys/{external_event_id}, or guard.pin. A fix through the edge adds it.",
    rules: [],
  },
  key_of_an_order: {
    why: "the key has the loop's index in it, and the item is at another index now",
    prevention: "Put the item's own id in the key, as loop_item, in place of the loop's index.",
    rules: [],
  },
  key_forgotten: {
    why: 'Stripe forgets a key after 24 hours and executes it again',
    prevention: "Send the calls through billonce's edge, which remembers keys for 90 days.",
    rules: ['direct-stripe-url'],
  },
  key_shared: {
    why: 'two charges that are both owed have the same key, so Stripe took the second for a repetition of the first',
    prevention:
      "Put what tells them apart in the key: loop_item or loop_index in a loop, the branch's name in a branch, charge_type where one customer has several charges in a period.",
    rules: ['loop-without-index', 'branch-without-name', 'constant-idempotency-key'],
  },
  failure_hidden: {
    why: 'a call failed and the run went on as if it had not',
    prevention:
      'Switch continue on failure off, or look at the status before going on: a run that fails can be retried.',
    rules: [],
  },
  other_amount: {
    why: 'the amount or the customer is not that of an undisturbed run',
    prevention: 'Take amount and customer from the event, and nothing else.',
    rules: [],
  },
  cap_exceeded: {
    why: 'the proxy counts a charge only when it is finished, so calls in flight together pass its cap',
    prevention: "Use billonce's edge, which reserves before it forwards.",
    rules: [],
  },
};

/** In words: what a scenario came to, why, and what prevents it. */
export function explainReport(report: ScenarioReport): Explanation {
  const { verdict, cause, owed, charged, steps } = report;
  const where = steps.length > 0 ? ` at ${steps.join(' and ')}` : '';
  const remedy = cause ? REMEDIES[cause] : null;
  const because = remedy ? `: ${remedy.why}` : '';
  const figures = `${figuresOf(charged)} where ${owed.charges === 1 ? 'one is' : `${owed.charges} are`} owed (${moneyText(owed)})`;
  if (verdict === 'unfinished') {
    return {
      explanation: `${figuresOf(charged)} of ${owed.charges} owed; a run failed and says so${where}, and nobody was charged twice.`,
      why: null,
      prevention:
        'Retry the failed run when its cause is gone, or look at Stripe for what its message names.',
      rules: [],
    };
  }
  if (verdict === 'billed_once') {
    const fails = report.failed > 0 ? '; a run fails all the same, to the last retry' : '';
    const came =
      owed.charges === 0 ? 'Nothing is owed and nothing was charged' : `${figuresOf(charged)}, as owed`;
    return { explanation: `${came}${fails}.`, why: null, prevention: null, rules: [] };
  }
  return {
    explanation: `${figures}${where}${because}.`,
    why: remedy?.why ?? null,
    prevention: remedy?.prevention ?? null,
    rules: remedy?.rules ?? [],
  };
}

const figuresOf = (money: Money): string =>
  money.charges === 0
    ? 'No charge'
    : `${money.charges === 1 ? 'One charge' : `${money.charges} charges`}, ${moneyText(money)}`;
