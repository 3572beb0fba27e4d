import {
  type FieldProblem,
  fieldProblems,
  nextRequest,
  resendRequest,
  type VerificationView,
} from '@otp-relay/contracts';
import type { Accepted } from '@otp-relay/engine';
import type { FastifyReply } from 'fastify';
import { callerOf } from './access.ts';
import type * as docs from './docs/verifications.ts';
import type { ApiPorts } from './ports.ts';
import { sendProblem } from './problem.ts';
import type { Call, Handle } from './route.ts';
import { summaryOf, timelineViewOf, viewOf } from './view.ts';

/** Starts a verification, or joins the one that is running: 201 or 200, with the verification as it stands. */
export const createVerification: Handle<typeof docs.create> = async (call, reply, ports) => {
  const { tenantId, mode } = callerOf(call);
  const asked = withIdempotencyKey(call);
  if (asked.problem) return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: [asked.problem] });
  const accepted = await ports.engine.accept(asked.payload, { tenantId, mode, source: 'http' });
  return accepted.kind === 'accepted'
    ? sendCreated(accepted, tenantId, reply, ports)
    : sendProblem(reply, accepted.code, { problems: accepted.problems, retryAfterMs: accepted.retryAfterMs });
};

async function sendCreated(
  { id, deduplicated }: Extract<Accepted, { kind: 'accepted' }>,
  tenantId: string,
  reply: FastifyReply,
  ports: ApiPorts,
): Promise<unknown> {
  const view = await find(ports, tenantId, id);
  if (!view) throw new Error(`verification ${id} was accepted and is not there`);
  reply.code(deduplicated ? 200 : 201).header('location', `/v1/verifications/${id}`);
  return { ...view, deduplicated };
}

/** The verification with its attempts. */
export const showVerification: Handle<typeof docs.show> = async (call, reply, ports) =>
  (await find(ports, callerOf(call).tenantId, call.params.id)) ?? sendProblem(reply, 'OTP_NOT_FOUND');

/** Everything that happened to it, oldest first. */
export const showTimeline: Handle<typeof docs.timeline> = async (call, reply, ports) => {
  const { id } = call.params;
  const entries = await ports.store.verification.timeline(callerOf(call).tenantId, id);
  return entries.length > 0 ? timelineViewOf(id, entries) : sendProblem(reply, 'OTP_NOT_FOUND');
};

/** The newest first; `before` is the id the last page ended with. */
export const listVerifications: Handle<typeof docs.list> = async (call, _reply, ports) => {
  const { status, since, before, limit } = call.query;
  const rows = await ports.store.verification.list(callerOf(call).tenantId, {
    limit,
    ...(status !== undefined && { status }),
    ...(since !== undefined && { since: Date.parse(since) }),
    ...(before !== undefined && { before }),
  });
  const last = rows.length === limit ? rows.at(-1)?.id : undefined;
  return { verifications: rows.map(summaryOf), before: last ?? null };
};

/** `next`, `resend` or `cancel`, then the verification as it stands. */
export const steer =
  (command: 'next' | 'resend' | 'cancel'): Handle<typeof docs.next> =>
  async (call, reply, ports) => {
    const { tenantId } = callerOf(call);
    const { id } = call.params;
    const asked = command === 'cancel' ? undefined : bodyOf[command].safeParse(call.body ?? {});
    if (asked?.error)
      return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: fieldProblems(asked.error) });
    const commanded = await ports.engine.command({ tenantId, id, command, by: 'service', ...asked?.data });
    if (typeof commanded === 'object') {
      const { code, problems, retryAfterMs } = commanded;
      return sendProblem(reply, code, { problems, retryAfterMs });
    }
    switch (commanded) {
      case 'done':
        return find(ports, tenantId, id);
      case 'unknown':
        return sendProblem(reply, 'OTP_NOT_FOUND');
      case 'final':
        return sendProblem(reply, 'OTP_FINAL');
      case 'nothing':
        return sendProblem(reply, 'OTP_NOTHING_TO_DO', { detail: idle[command] });
    }
  };

const bodyOf = { next: nextRequest, resend: resendRequest };

const idle = {
  next: 'Nothing to leave: no step is being tried, and none is left.',
  resend: 'Nothing to resend now: an attempt is on its way, or delivery was stopped.',
  cancel: 'Nothing to cancel.',
} as const;

export async function find(
  ports: ApiPorts,
  tenantId: string,
  id: string,
): Promise<VerificationView | undefined> {
  const row = await ports.store.verification.get(tenantId, id);
  return row && viewOf(row);
}

type Key = { readonly payload: unknown; readonly problem?: undefined } | { readonly problem: FieldProblem };

/** The header means the same as the body's `idempotencyKey`, whose form the engine checks. */
function withIdempotencyKey({ headers, body }: Call): Key {
  const key = headers['idempotency-key'];
  if (key === undefined || typeof body !== 'object' || body === null || Array.isArray(body))
    return { payload: body };
  return 'idempotencyKey' in body && body.idempotencyKey !== key
    ? {
        problem: {
          path: 'idempotencyKey',
          problem: 'differs from the Idempotency-Key header; send one of them',
        },
      }
    : { payload: { ...body, idempotencyKey: key } };
}
