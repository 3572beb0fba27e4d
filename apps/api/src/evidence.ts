import { callerOf } from './access.ts';
import type * as docs from './docs/evidence.ts';
import { sendProblem } from './problem.ts';
import type { Handle } from './route.ts';

/** The evidence of an approved signature; sealed now when nobody did yet. */
export const showEvidence: Handle<typeof docs.evidence> = async (call, reply, { evidence, store }) => {
  const { tenantId } = callerOf(call);
  const { id } = call.params;
  const bundle = await evidence.of(tenantId, id);
  if (bundle) return bundle;
  return (await store.verification.get(tenantId, id))
    ? sendProblem(reply, 'OTP_NO_EVIDENCE')
    : sendProblem(reply, 'OTP_NOT_FOUND');
};

/** Whoever holds evidence checks it with these; they outlive the keys that signed. */
export const showEvidenceKeys: Handle<typeof docs.evidenceKeys> = async (_call, reply, { evidence }) => {
  reply.header('cache-control', 'public, max-age=300');
  return evidence.publicKeys();
};
