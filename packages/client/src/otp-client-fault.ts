import type { FieldProblem, ProblemCode } from '@otp-relay/contracts';

/** What can go wrong on this side of the wire; every other code is the relay's own, see `problemCodes`. */
export const clientCodes = {
  OTP_CLIENT_OPTIONS: 'The client was made with wrong options.',
  OTP_CLIENT_NO_KEYS: 'The code cannot be sealed: there are no usable public keys of the relay.',
  OTP_CLIENT_HTTP_ONLY: 'This needs a client made with { url, apiKey }.',
  OTP_CLIENT_UNREADABLE: 'The relay answered something unreadable.',
  OTP_CLIENT_CLOSED: 'The client is closed.',
} as const;
export type ClientFaultCode = ProblemCode | keyof typeof clientCodes;

/** Why a request was not taken. Holds no code and no address; `message` names every field problem. */
export class OtpClientFault extends Error {
  readonly code: ClientFaultCode;
  /** The HTTP status, when the relay answered. */
  readonly status: number | undefined;
  readonly problems: readonly FieldProblem[];
  readonly requestId: string | undefined;
  /** How long the relay asks to wait, ms; with the codes `OTP_LIMIT_…` the same request may pass then. */
  readonly retryAfterMs: number | undefined;
  /** Of a failed check, where the tenant has it told. */
  readonly attemptsRemaining: number | undefined;
  /** Of a failed check, while somebody guesses at codes of the tenant. */
  readonly guessing: true | undefined;

  constructor(
    code: ClientFaultCode,
    sentence: string,
    more: {
      status?: number;
      problems?: readonly FieldProblem[];
      requestId?: string;
      retryAfterMs?: number;
      attemptsRemaining?: number;
      guessing?: true;
      cause?: unknown;
    } = {},
  ) {
    const problems = more.problems ?? [];
    super(
      [`${code}: ${sentence}`, ...problems.map(problemLine)].join('\n'),
      more.cause === undefined ? undefined : { cause: more.cause },
    );
    this.name = 'OtpClientFault';
    this.code = code;
    this.status = more.status;
    this.problems = problems;
    this.requestId = more.requestId;
    this.retryAfterMs = more.retryAfterMs;
    this.attemptsRemaining = more.attemptsRemaining;
    this.guessing = more.guessing;
  }

  /** Whether the same request, with the same idempotency key, may go through later. */
  get retryable(): boolean {
    return this.code === 'OTP_UNAVAILABLE' || (this.status !== undefined && this.status >= 500);
  }
}

const problemLine = ({ path, problem }: FieldProblem): string =>
  `  ${path === '' ? 'request' : path}: ${problem}`;
