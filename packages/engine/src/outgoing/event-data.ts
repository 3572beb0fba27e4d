import type { EventView, PublishedData, PublishedType } from '@otp-relay/contracts';
import { type Attempt, explain, type Verification } from '@otp-relay/core';
import type { ClaimedEvent, Material } from '@otp-relay/store';

/** What is kept of an event until it is sent. The address is looked up then, masked: it may be erased meanwhile. */
export type KeptData = Omit<PublishedData, 'to' | 'idempotencyKey'>;

const instant = (ms: number): string => new Date(ms).toISOString();

/** The verification as it stands, and the attempt an event is about. */
export function eventDataOf(
  verification: Verification,
  attemptId: string | undefined,
  { mode, createdAt }: Pick<Material, 'mode' | 'createdAt'>,
): KeptData {
  const { id, status, delivery, purpose, steps, attempts, currentId, expiresAt } = verification;
  const attempt = attempts.find((one) => one.id === attemptId);
  return {
    id,
    status,
    delivery,
    purpose,
    mode,
    channel: attempts.find((one) => one.id === currentId)?.channel ?? null,
    route: steps.map((step) => step.channel),
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    attempt: attempt ? attemptDataOf(attempt) : null,
  };
}

const attemptDataOf = ({ id, step, try: tryNo, channel, provider, account, state, failure }: Attempt) => ({
  id,
  step,
  try: tryNo,
  channel,
  provider,
  account,
  state,
  failure: failure && { kind: failure.kind, code: failure.code ?? null, explanation: explain(failure) },
});

/** The body of a call. */
export const eventBodyOf = (
  event: Pick<ClaimedEvent, 'type' | 'at' | 'data' | 'recipientMasked' | 'idempotencyKey'>,
): Pick<EventView, 'type' | 'timestamp' | 'data'> => ({
  // Rows come from `eventDataOf` alone.
  type: event.type as PublishedType,
  timestamp: instant(event.at),
  data: { ...(event.data as KeptData), to: event.recipientMasked, idempotencyKey: event.idempotencyKey },
});
