import { type Problem, type ProblemCode, problemOf } from '@otp-relay/contracts';
import type { FastifyReply } from 'fastify';

type More = Pick<Problem, 'detail' | 'problems'> & {
  readonly status?: number;
  /** Replaces the table's own pause; told in whole seconds, rounded up. */
  readonly retryAfterMs?: number | undefined;
};

export const problemType = 'application/problem+json';

/** How soon a caller should try again, s: a dependency is soon back, a backlog takes its time. */
const retryAfterSeconds: Partial<Record<ProblemCode, number>> = { OTP_UNAVAILABLE: 2, OTP_OVERLOADED: 5 };

/** Answers with a problem of the table; `status` replaces the table's own. Nothing in it quotes the caller. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  { status, retryAfterMs, ...more }: More = {},
): FastifyReply {
  const problem = { ...problemOf(code, { ...more, requestId: reply.request.id }), ...(status && { status }) };
  const after = retryAfterMs === undefined ? retryAfterSeconds[code] : Math.ceil(retryAfterMs / 1_000);
  if (after !== undefined) reply.header('retry-after', after);
  // Where the router itself refuses, no hook has run.
  reply.header('x-request-id', reply.request.id);
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}
