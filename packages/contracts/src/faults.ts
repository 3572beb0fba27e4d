/**
 * Every refusal and fault a caller can meet, one line each: HTTP status and title.
 * `application/problem+json` carries the code, and `docs/reference/problems.md` is generated from this table.
 */
export const problemCodes = {
  OTP_INVALID_REQUEST: [422, 'The request has invalid fields'],
  OTP_MALFORMED: [400, 'The body cannot be read'],
  OTP_TOO_LARGE: [413, 'The body is too large'],
  OTP_UNSUPPORTED_MEDIA_TYPE: [415, 'The body must be application/json'],
  OTP_UNAUTHENTICATED: [401, 'A valid API key is required'],
  OTP_FORBIDDEN: [403, 'The API key lacks the scope for this'],
  OTP_NOT_FOUND: [404, 'There is nothing here'],
  OTP_METHOD_NOT_ALLOWED: [405, 'This method is not available here'],
  OTP_NO_EVIDENCE: [409, 'Only an approved signature has evidence'],
  OTP_IDEMPOTENCY_CONFLICT: [409, 'This Idempotency-Key was used for a different request'],
  OTP_CHANGED: [412, 'It was changed by somebody else meanwhile; read it again'],
  OTP_CHECK_FAILED: [422, 'The code is not right, or no longer works'],
  OTP_STILL_LIVE: [409, 'A code for this person is under way; cancel it with "force", or wait for its end'],
  OTP_FINAL: [409, 'The verification is already final'],
  OTP_NOTHING_TO_DO: [409, 'The command means nothing in this state'],
  OTP_PLAINTEXT_CODE: [422, 'A code must be sealed, never sent in the open'],
  OTP_UNKNOWN_TENANT: [422, 'The tenant is not known'],
  OTP_NO_ROUTE: [422, 'No step of the route can reach this recipient'],
  OTP_LIMIT_RECIPIENT: [429, 'Too many codes were asked for this recipient'],
  OTP_LIMIT_IP: [429, 'Too many codes were asked from this IP address of an end user'],
  OTP_LIMIT_DEVICE: [429, 'Too many codes were asked from this device'],
  OTP_LIMIT_TENANT: [429, 'The tenant asked for too many codes'],
  OTP_COUNTRY_NOT_ALLOWED: [422, 'The tenant sends no codes to this country'],
  OTP_NUMBER_REFUSED: [422, 'Numbers of this type get no codes'],
  OTP_SUSPECTED_ABUSE: [403, 'The request looks like abuse; nothing was sent'],
  OTP_DENIED: [403, "The tenant's own decision refused the request"],
  OTP_WEBHOOK_FORGED: [401, 'The signature of the webhook is missing or wrong'],
  OTP_WEBHOOK_MALFORMED: [400, 'The webhook cannot be read'],
  OTP_OVERLOADED: [503, 'Too many requests wait already; try again after Retry-After'],
  OTP_UNAVAILABLE: [503, 'A dependency is away; try again'],
  OTP_INTERNAL: [500, 'Something broke on our side'],
} as const satisfies Record<string, readonly [number, string]>;
export type ProblemCode = keyof typeof problemCodes;

/** RFC 9457 body. `detail` and `problems` never quote the caller's values. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly problems?: readonly { readonly path: string; readonly problem: string }[];
  readonly requestId?: string;
  /** Of a failed check, for tenants that want it told. */
  readonly attemptsRemaining?: number;
  /** Of a failed check, while somebody guesses at codes of the tenant. */
  readonly guessing?: true;
}

export const problemOf = (
  code: ProblemCode,
  more: Pick<Problem, 'detail' | 'problems' | 'requestId' | 'attemptsRemaining' | 'guessing'> = {},
): Problem => {
  const [status, title] = problemCodes[code];
  return { type: `https://otp-relay.dev/problems/${code}`, title, status, code, ...more };
};
