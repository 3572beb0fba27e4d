import { type ErasureView, erasureBody } from '@otp-relay/contracts';
import { eraseRecipient } from '@otp-relay/engine';
import type * as docs from '../docs/admin.ts';
import { sendProblem } from '../problem.ts';
import type { Handle } from '../route.ts';
import { administered } from './administered.ts';
import { readBody } from './read-body.ts';

/** Takes a person out of a tenant's records; the answer holds counts only. */
export const erasePerson: Handle<typeof docs.erase> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const { tenantId, admin } = found;
  if (!(await ports.store.tenants.get(tenantId))) return sendProblem(reply, 'OTP_NOT_FOUND');
  const body = readBody(erasureBody, call.body, reply);
  if (!body) return reply;
  const { dryRun } = call.query;
  const cancel = (id: string) =>
    ports.engine.command({
      tenantId,
      id,
      command: 'cancel',
      by: admin.kind === 'operator' ? 'operator' : 'service',
    });
  const outcome = await eraseRecipient(
    { tenantId, recipient: body.recipient, actor: admin.actor, dryRun, ...(body.force && { cancel }) },
    ports,
  );
  if (outcome.kind === 'invalid')
    return sendProblem(reply, 'OTP_INVALID_REQUEST', {
      problems: [{ path: 'recipient', problem: outcome.problem }],
    });
  if (outcome.kind === 'live') return sendProblem(reply, 'OTP_STILL_LIVE');
  const view: ErasureView = { dryRun, found: outcome.found, ...outcome.rows };
  return view;
};
