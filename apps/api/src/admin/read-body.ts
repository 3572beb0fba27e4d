import { fieldProblems } from '@otp-relay/contracts';
import type { FastifyReply } from 'fastify';
import type { ZodType } from 'zod';
import { sendProblem } from '../problem.ts';

/** A body as its schema has it; otherwise its problems are sent and undefined returned. None at all counts as an empty one. */
export function readBody<T>(schema: ZodType<T>, body: unknown, reply: FastifyReply): T | undefined {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: fieldProblems(parsed.error) });
  return undefined;
}
