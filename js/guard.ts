import { refuseLeak, takeVaultKey } from './credential.ts';
import { atPresent, EMPTY, MAP, member, read, type Tree, withMember } from './door.ts';
import { ask } from './engine.ts';
import { BillonceError } from './error.ts';
import { pin } from './pin.ts';
import { stepOf } from './replies.ts';
import { search } from './search.ts';
import { send } from './send.ts';
import type {
  BuiltRequest,
  CreateCall,
  Decision,
  ErrorCode,
  Guard,
  GuardConfig,
  ObjectCall,
  Step,
} from './types.ts';

/**
 * Billing within one run: make one inside `run()`, never at module scope.
 *
 * The vault key stays in the guard: no step, no error and no wasm memory holds it. Two guards share nothing.
 *
 * @throws {BillonceError} for a configuration that is refused.
 */
export function guard(config: GuardConfig): Guard {
  const { tree, vaultKey } = takeVaultKey(read(config), 'config');
  const baseUrl = ask('check_guard', atPresent(tree)) as string;
  const returnsDenials = member(tree, 'on_deny') === 'return';
  /** What this guard's own calls would spend: their keys and cents in turn, as a tree. */
  const spent: Tree[] & { 0: number } = [MAP];

  function prepareTrees(operation: Tree, event: Tree, params: Tree, options: Tree): Step {
    if (vaultKey !== undefined) {
      for (const [field, tree] of Object.entries({ operation, event, params, options })) {
        refuseLeak(vaultKey, field, tree);
      }
    }
    return judged(operation, ask('prepare', atPresent(tree), operation, event, params, options, spent));
  }

  function admit(request: BuiltRequest): Step {
    const requestTree = read(request);
    if (vaultKey !== undefined) refuseLeak(vaultKey, 'spec', requestTree);
    return judged('this request', ask('admit', atPresent(tree), requestTree, spent));
  }

  function judged(operation: Tree, reply: unknown): Step {
    const step = stepOf(reply);
    const { idempotency_key, decision } = step;
    if (decision?.allowed) {
      const cents = decision.amount_usd_cents ?? 0;
      const at = spent.indexOf(idempotency_key);
      // What is prepared again is spent once.
      if (at < 0) spent.push(idempotency_key, cents);
      else spent[at + 1] = cents;
    }
    if (decision && !decision.allowed && !returnsDenials) throw denial(operation, decision);
    return step;
  }

  const prepare: Guard['prepare'] = (operation, event, params, options) =>
    prepareTrees(read(operation), read(event), given(params), given(options));

  const creates =
    (operation: string): CreateCall =>
    (event, params, options) =>
      prepare(operation, event, params, options);

  const actsOn =
    (operation: string): ObjectCall =>
    (event, id, params, options) => {
      const path: Tree = [MAP, 'id', read(id)];
      return prepareTrees(operation, read(event), given(params), withMember(given(options), 'path', path));
    };

  return Object.freeze({
    charge: (event, params) => prepare(CHARGE, event, params),
    prepare,
    paymentIntents: Object.freeze({
      create: creates('paymentIntents.create'),
      confirm: actsOn('paymentIntents.confirm'),
      capture: actsOn('paymentIntents.capture'),
      cancel: actsOn('paymentIntents.cancel'),
    }),
    refunds: Object.freeze({ create: creates('refunds.create') }),
    invoiceItems: Object.freeze({ create: creates('invoiceItems.create') }),
    invoices: Object.freeze({
      create: creates('invoices.create'),
      finalizeInvoice: actsOn('invoices.finalizeInvoice'),
      pay: actsOn('invoices.pay'),
    }),
    subscriptions: Object.freeze({ create: creates('subscriptions.create') }),
    transfers: Object.freeze({ create: creates('transfers.create') }),
    payouts: Object.freeze({ create: creates('payouts.create') }),
    checkout: Object.freeze({ sessions: Object.freeze({ create: creates('checkout.sessions.create') }) }),
    send: (step, fetch, options) => send(step, { vaultKey, baseUrl }, fetch, options),
    admit,
    findEarlier: (event, fetch, options) =>
      search({ config: tree, vaultKey }, fetch, event, read(options ?? {})),
    pin: (eventId, key, fetch) => pin(eventId, key, { vaultKey, baseUrl }, fetch),
  } satisfies Guard);
}

/** By its path, which is found faster than an operation's name. */
const CHARGE = 'POST /v1/charges';

const given = (value: unknown) => (value === undefined ? EMPTY : read(value));

function denial(operation: Tree, decision: Decision): BillonceError {
  const what = operation === CHARGE ? 'this charge' : operation;
  const message = `policy forbids ${what}: ${decision.message}`;
  return new BillonceError(decision.code as ErrorCode, 'policy', message, decision);
}
