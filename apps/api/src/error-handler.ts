import type { FieldProblem, ProblemCode } from '@otp-relay/contracts';
import { fieldProblems } from '@otp-relay/contracts';
import { isStoreFault } from '@otp-relay/store';
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { ZodType } from 'zod';
import { sendProblem } from './problem.ts';

/** What a caller got wrong in a path or query; carried to the handler below by fastify. */
class InvalidFields extends Error {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super('invalid fields');
    this.problems = problems;
  }
}

/** Parses path, query and body with their zod schemas; problems never quote a value. */
export const validatorCompiler: FastifySchemaCompiler<ZodType> =
  ({ schema }) =>
  (data) => {
    const parsed = schema.safeParse(data);
    return parsed.success
      ? { value: parsed.data }
      : { error: new InvalidFields(fieldProblems(parsed.error)) };
  };

/** Every fault of every route ends here, as a problem document without internals. */
export function errorHandler(fault: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (fault instanceof InvalidFields)
    return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: fault.problems });
  if (isStoreFault(fault) && fault.retryable) {
    request.log.warn({ err: fault }, 'the database is away');
    return sendProblem(reply, 'OTP_UNAVAILABLE');
  }
  const refused = refusalOf(fault);
  if (refused) return sendProblem(reply, refused);
  request.log.error({ err: fault, route: request.routeOptions.url }, 'a request failed');
  return sendProblem(reply, 'OTP_INTERNAL');
}

const byStatus: Readonly<Record<number, ProblemCode>> = {
  404: 'OTP_NOT_FOUND',
  405: 'OTP_METHOD_NOT_ALLOWED',
  413: 'OTP_TOO_LARGE',
  // A part of the path longer than any id: there is nothing of that name.
  414: 'OTP_NOT_FOUND',
  415: 'OTP_UNSUPPORTED_MEDIA_TYPE',
};

/** What fastify itself refuses carries a 4xx status; every other such status means unreadable input. */
function refusalOf(fault: unknown): ProblemCode | undefined {
  if (typeof fault !== 'object' || fault === null || !('statusCode' in fault)) return undefined;
  const status = Number(fault.statusCode);
  return status >= 400 && status < 500 ? (byStatus[status] ?? 'OTP_MALFORMED') : undefined;
}
