/**
 * A refusal in Stripe's own shape. Whether a key saves it depends on where it was thrown, not on what it is.
 */
export class StripeError extends Error {
  /**
   * @param {number} status
   * @param {{ type: string, message: string, [field: string]: any }} error
   * @param {Record<string, string>} [headers]
   */
  constructor(status, error, headers = {}) {
    super(error.message);
    this.status = status;
    this.error = error.code
      ? { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`, ...error }
      : error;
    this.headers = headers;
  }
}

/**
 * @param {string} message
 * @param {{ param?: string, code?: string }} [where]
 * @param {number} [status]
 */
export function invalidRequest(message, where = {}, status = 400) {
  return new StripeError(status, { type: 'invalid_request_error', message, ...where });
}

/** @param {string} noun @param {string} id @param {string} param */
export function noSuch(noun, id, param) {
  return invalidRequest(`No such ${noun}: '${id.slice(0, 80)}'`, { param, code: 'resource_missing' }, 404);
}

/**
 * @param {string} message
 * @param {{ [field: string]: any }} [details] the failed charge, the payment intent
 */
export function cardDeclined(message, details = {}) {
  return new StripeError(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message,
    ...details,
  });
}

/** @param {string} detail */
export function unauthorized(detail) {
  return new StripeError(401, { type: 'invalid_request_error', message: detail });
}

/** What a restricted key may not do; Stripe gives it no code. @param {string} permission @param {string} account */
export function permissionMissing(permission, account) {
  const message =
    `The provided key 'rk_test_***' does not have the required permissions for this endpoint on account ` +
    `'${account}'. Having the '${permission}' permission would allow this request to continue.`;
  return new StripeError(403, { type: 'invalid_request_error', message });
}

/** @param {string} key */
export function keyReused(key) {
  return new StripeError(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

/** @param {string} key */
export function keyInUse(key) {
  return new StripeError(
    409,
    {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message:
        'There is currently another in-progress request using this Idempotent Key (that probably means you ' +
        `submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    },
    { 'Stripe-Should-Retry': 'true' },
  );
}

export function rateLimited() {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message:
        'Request rate limit exceeded. You can learn more about rate limits here ' +
        'https://stripe.com/docs/rate-limits.',
    },
    { 'Stripe-Rate-Limited-Reason': 'global-rate' },
  );
}

/** An object lock, not a rate limit, though both are 429: Stripe asks for the retry. */
export function lockTimeout() {
  return new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is ' +
        'currently accessing it. If you see this error intermittently, retry the request.',
    },
    { 'Stripe-Should-Retry': 'true' },
  );
}

export function apiError(message = 'An unknown error occurred') {
  return new StripeError(500, { type: 'api_error', message });
}
