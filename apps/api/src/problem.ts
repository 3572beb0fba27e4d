import { type Problem, type ProblemCode, problemOf } from '@otp-relay/contracts';
import type { FastifyReply } from 'fastify';

type More = Pick<Problem, 'detail' | 'problems'> & { readonly status?: number };

export const problemType = 'application/problem+json';

/** Answers with a problem of the table; `status` replaces the table's own. Nothing in it quotes the caller. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  { status, ...more }: More = {},
): FastifyReply {
  const problem = { ...problemOf(code, { ...more, requestId: reply.request.id }), ...(status && { status }) };
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}
