import { type FieldProblem, feedbackRequest, fieldProblems } from '@otp-relay/contracts';
import type { Corridor } from '../corridor.ts';
import type { Ports } from '../ports.ts';

export type FeedbackTaken =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

/**
 * What a tenant says became of a verification outside: counted for conversion, never an approval. The same again is
 * nothing new; what is said last counts.
 */
export async function takeFeedback(
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  payload: unknown,
  corridor: Corridor,
  { store }: Pick<Ports, 'store'>,
): Promise<FeedbackTaken> {
  const parsed = feedbackRequest.safeParse(payload);
  if (!parsed.success) return { kind: 'invalid', problems: fieldProblems(parsed.error) };
  const { converted } = parsed.data;
  const known = await store.feedback.get(tenantId, id);
  if (known === converted) return { kind: 'done' };
  const applied = await corridor.apply({
    id,
    event: { type: 'feedback', converted },
    guard: (verification) => verification.tenantId === tenantId,
  });
  if (!applied) return { kind: 'unknown' };
  await store.feedback.put(tenantId, id, converted);
  return { kind: 'done' };
}
