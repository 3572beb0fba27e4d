import { problemOf } from '@otp-relay/contracts';
import { callerOf } from './access.ts';
import type * as docs from './docs/checks.ts';
import { problemType, sendProblem } from './problem.ts';
import type { Handle } from './route.ts';
import { find } from './verifications.ts';

/** Compares a guess. Every failed one gets the same bytes, without even a request's own id among them. */
export const checkCode: Handle<typeof docs.check> = async (call, reply, { engine }) => {
  const { tenantId, mode } = callerOf(call);
  const { id } = call.params;
  const checked = await engine.check({ tenantId, id, mode }, call.body);
  switch (checked.kind) {
    case 'approved':
      return { id, approved: true, ...(checked.guessing && { guessing: true }) };
    case 'invalid':
      return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: checked.problems });
    case 'failed': {
      const { attemptsRemaining, guessing } = checked;
      const problem = problemOf('OTP_CHECK_FAILED', {
        ...(attemptsRemaining !== undefined && { attemptsRemaining }),
        ...(guessing && { guessing }),
      });
      return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
    }
  }
};

/** What became of a verification elsewhere, then the verification as it stands. */
export const takeFeedback: Handle<typeof docs.feedback> = async (call, reply, ports) => {
  const { tenantId } = callerOf(call);
  const { id } = call.params;
  const taken = await ports.engine.feedback({ tenantId, id }, call.body);
  switch (taken.kind) {
    case 'done':
      return (await find(ports, tenantId, id)) ?? sendProblem(reply, 'OTP_NOT_FOUND');
    case 'unknown':
      return sendProblem(reply, 'OTP_NOT_FOUND');
    case 'invalid':
      return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: taken.problems });
  }
};
