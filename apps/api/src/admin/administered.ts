import type { FastifyReply } from 'fastify';
import { type Admin, adminOf } from '../access.ts';
import { sendProblem } from '../problem.ts';

/**
 * The tenant a call is about, when the caller administers it. A tenant of somebody else's looks the same as one that does not
 * exist: then the answer is sent and undefined returned.
 */
export function administered(
  call: { readonly admin: Admin | null; readonly params: { readonly tenant: string } },
  reply: FastifyReply,
): { readonly tenantId: string; readonly admin: Admin } | undefined {
  const admin = adminOf(call);
  const tenantId = call.params.tenant;
  if (admin.kind === 'operator' || admin.tenantId === tenantId) return { tenantId, admin };
  sendProblem(reply, 'OTP_NOT_FOUND');
  return undefined;
}
