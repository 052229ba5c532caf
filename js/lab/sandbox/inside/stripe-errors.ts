// The errors of the official package, by the names and members that a step reads.

type Json = Record<string, unknown>;

class StripeError extends Error {
  readonly raw: Json;
  readonly rawType: unknown;
  readonly code: unknown;
  readonly decline_code: unknown;
  readonly param: unknown;
  readonly statusCode: unknown;
  readonly headers: unknown;
  readonly requestId: unknown;
  readonly payment_intent: unknown;
  readonly charge: unknown;
  readonly detail: unknown;
  readonly type: string;
  constructor(raw: Json) {
    super(typeof raw.message === 'string' ? raw.message : '');
    this.type = new.target.name;
    this.raw = raw;
    this.rawType = raw.type;
    this.code = raw.code;
    this.decline_code = raw.decline_code;
    this.param = raw.param;
    this.statusCode = raw.statusCode;
    this.headers = raw.headers;
    this.requestId = raw.requestId;
    this.payment_intent = raw.payment_intent;
    this.charge = raw.charge;
    this.detail = raw.detail;
  }
}
class StripeCardError extends StripeError {}
class StripeInvalidRequestError extends StripeError {}
class StripeAPIError extends StripeError {}
class StripeAuthenticationError extends StripeError {}
class StripePermissionError extends StripeError {}
class StripeRateLimitError extends StripeError {}
class StripeIdempotencyError extends StripeError {}
class StripeOAuthError extends StripeError {}
export class StripeConnectionError extends StripeError {}

export const stripeErrors = {
  StripeError,
  StripeCardError,
  StripeInvalidRequestError,
  StripeAPIError,
  StripeAuthenticationError,
  StripePermissionError,
  StripeRateLimitError,
  StripeIdempotencyError,
  StripeConnectionError,
};

// A minifier renames classes; steps compare `error.type`.
for (const [name, type] of Object.entries(stripeErrors)) Object.defineProperty(type, 'name', { value: name });

const BY_STATUS: Record<number, typeof StripeError> = {
  401: StripeAuthenticationError,
  403: StripePermissionError,
  429: StripeRateLimitError,
};
const BY_TYPE: Record<string, typeof StripeError> = {
  card_error: StripeCardError,
  invalid_request_error: StripeInvalidRequestError,
  idempotency_error: StripeIdempotencyError,
  api_error: StripeAPIError,
  rate_limit_error: StripeRateLimitError,
};

/** A text in the place of the error, as proxies have it, is taken for OAuth's, with no message. */
export function errorOf(
  statusCode: number,
  error: Json | string,
  headers: Record<string, string> = {},
): StripeError {
  if (typeof error === 'string') return new StripeOAuthError({ type: error, statusCode, headers });
  const raw = { ...error, statusCode, headers, requestId: headers['request-id'] };
  const Type = BY_STATUS[statusCode] ?? BY_TYPE[String(error.type)] ?? StripeAPIError;
  return new Type(raw);
}
Object.defineProperty(StripeOAuthError, 'name', { value: 'StripeOAuthError' });
