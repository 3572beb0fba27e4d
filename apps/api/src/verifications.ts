import type { FieldProblem, VerificationView } from '@otp-relay/contracts';
import type { Accepted } from '@otp-relay/engine';
import type { FastifyReply } from 'fastify';
import { callerOf } from './access.ts';
import type * as docs from './docs.ts';
import type { ApiPorts } from './ports.ts';
import { sendProblem } from './problem.ts';
import type { Call, Handle } from './route.ts';
import { timelineViewOf, viewOf } from './view.ts';

/** Starts a verification, or joins the one that is running: 201 or 200, with the verification as it stands. */
export const createVerification: Handle<typeof docs.create> = async (call, reply, ports) => {
  const { tenantId, mode } = callerOf(call);
  const key = idempotencyKeyOf(call);
  if (key.problem) return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: [key.problem] });
  const accepted = await ports.engine.accept(call.body, {
    tenantId,
    mode,
    source: 'http',
    idempotencyKey: key.value,
  });
  return accepted.kind === 'accepted'
    ? sendCreated(accepted, tenantId, reply, ports)
    : sendProblem(reply, accepted.code, { problems: accepted.problems });
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
  const last = rows.length === limit ? rows.at(-1)?.verification.id : undefined;
  return { verifications: rows.map(viewOf), before: last ?? null };
};

/** `next`, `resend` or `cancel`, then the verification as it stands. */
export const steer =
  (command: 'next' | 'resend' | 'cancel'): Handle<typeof docs.next> =>
  async (call, reply, ports) => {
    const { tenantId } = callerOf(call);
    const { id } = call.params;
    switch (await ports.engine.command(tenantId, id, command, 'service')) {
      case 'done':
        return find(ports, tenantId, id);
      case 'unknown':
        return sendProblem(reply, 'OTP_NOT_FOUND');
      case 'final':
        return sendProblem(reply, 'OTP_FINAL');
      case 'nothing':
        return sendProblem(reply, 'OTP_FINAL', { detail: idle[command] });
    }
  };

const idle = {
  next: 'Nothing to leave: no step is being tried, and none is left.',
  resend: 'Nothing to resend now: an attempt is on its way, or delivery was stopped.',
  cancel: 'Nothing to cancel.',
} as const;

async function find(ports: ApiPorts, tenantId: string, id: string): Promise<VerificationView | undefined> {
  const row = await ports.store.verification.get(tenantId, id);
  return row && viewOf(row);
}

type Key =
  | { readonly value: string | undefined; readonly problem?: undefined }
  | { readonly problem: FieldProblem };

/** The header, or the body's own key; the engine checks the body's. */
function idempotencyKeyOf(call: Call): Key {
  const header = call.headers['idempotency-key'];
  if (header === undefined) return { value: undefined };
  const path = 'Idempotency-Key';
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(header))
    return { problem: { path, problem: 'must be 1–128 printable ASCII characters without spaces' } };
  const { body } = call;
  const inBody =
    typeof body === 'object' && body !== null && 'idempotencyKey' in body ? body.idempotencyKey : header;
  return inBody === header
    ? { value: header }
    : { problem: { path, problem: 'differs from idempotencyKey in the body; send one of them' } };
}
