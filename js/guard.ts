import { check_guard, idempotency_key, charge as prepare_charge } from '#glue';
import { refuseLeak, takeVaultKey } from './credential.ts';
import { atPresent, EMPTY, member, read, type Tree, withMember } from './door.ts';
import { ask } from './engine.ts';
import { BillonceError } from './error.ts';
import { pin } from './pin.ts';
import { send } from './send.ts';
import type { BillingEvent, Decision, ErrorCode, Guard, GuardConfig, Step, StripeParams } from './types.ts';

/**
 * Billing within one run: make one inside `run()`, never at module scope.
 *
 * The vault key stays in the guard: no step, no error and no wasm memory holds it. Two guards share nothing.
 *
 * @throws {BillonceError} for a configuration that is refused.
 */
export function guard(config: GuardConfig): Guard {
  const { tree, vaultKey } = takeVaultKey(read(config), 'config');
  const baseUrl = ask(check_guard, atPresent(tree)) as string;
  const returnsDenials = member(tree, 'on_deny') === 'return';
  const spending = trackSpending(tree);

  function charge(event: BillingEvent, params?: StripeParams): Step {
    const eventTree = read(event);
    const paramsTree = params === undefined ? EMPTY : read(params);
    if (vaultKey !== undefined) {
      refuseLeak(vaultKey, 'event', eventTree);
      refuseLeak(vaultKey, 'params', paramsTree);
    }
    const circumstances = atPresent(spending.before(eventTree));
    const step = ask(prepare_charge, circumstances, eventTree, paramsTree) as Step;
    if (step.decision?.allowed) spending.add(step.idempotency_key, step.decision);
    if (step.decision && !step.decision.allowed && !returnsDenials) throw denial(step.decision);
    return step;
  }

  return Object.freeze({
    charge,
    send: (step, fetch, options) => send(step, { vaultKey, baseUrl }, fetch, options),
    pin: (eventId, key, fetch) => pin(eventId, key, { vaultKey, baseUrl }, fetch),
  } satisfies Guard);
}

function denial(decision: Decision): BillonceError {
  const message = `policy forbids this charge: ${decision.message}`;
  return new BillonceError(decision.code as ErrorCode, 'policy', message, decision);
}

/** Adds what a guard's own charges would spend to what the caller says was spent. One event spends once. */
function trackSpending(config: Tree) {
  const given = member(config, 'spent_usd_cents');
  // The rules have taken it by now: an integer, or its decimal text, as flows often hand numbers over.
  const before = typeof given === 'string' || typeof given === 'number' ? Number(given) : undefined;
  const here = new Map<string, number>();
  return {
    before(event: Tree): Tree {
      if (before === undefined || here.size === 0) return config;
      const key = ask(idempotency_key, event, '') as string;
      let spent = before;
      for (const [earlier, cents] of here) if (earlier !== key) spent += cents;
      return withMember(config, 'spent_usd_cents', spent);
    },
    add(key: string, decision: Decision): void {
      here.set(key, decision.amount_usd_cents ?? 0);
    },
  };
}
