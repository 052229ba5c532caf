import type { Decision, ErrorCode } from './types.ts';

/** A refusal: `code` is stable, `field` says where, the message what was wrong and what to do. It never repeats a value. */
export class BillonceError extends Error {
  override readonly name = 'BillonceError';
  /** Why, from a closed list. */
  declare readonly code: ErrorCode;
  /** Where: such as `"customer_id"` or `"policy.daily_usd_cap"`. */
  declare readonly field: string;
  /** The judgement, where a policy forbade the charge. */
  declare readonly decision?: Decision;

  constructor(code: ErrorCode, field: string, message: string, decision?: Decision) {
    super(message);
    this.code = code;
    this.field = field;
    if (decision) this.decision = decision;
  }
}
