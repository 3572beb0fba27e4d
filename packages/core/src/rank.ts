import type { Attempt, AttemptState, SuccessLevel } from './verification.ts';

/** accepted < sent < delivered < read. A receipt only ever moves an attempt up. */
export const rankOf: Readonly<Record<SuccessLevel, number>> = { accepted: 1, sent: 2, delivered: 3, read: 4 };

/**
 * The rank an attempt's state stands for when a receipt arrives.
 * A failure counts as 2: `sent` after it says nothing new, `delivered` after it is believed.
 * An attempt that was never sent (skipped, suppressed) takes no receipt.
 */
const stateRank: Readonly<Record<AttemptState, number>> = {
  queued: 0,
  sending: 0,
  uncertain: 0,
  accepted: 1,
  timed_out: 1,
  sent: 2,
  rejected: 2,
  undelivered: 2,
  delivered: 3,
  read: 4,
  skipped: 9,
  suppressed: 9,
};

/** Whether a receipt is news to this attempt. `sent` may have been heard before the attempt timed out. */
export const lifts = (status: Exclude<SuccessLevel, 'accepted'>, attempt: Attempt): boolean =>
  rankOf[status] > stateRank[attempt.state] && !(status === 'sent' && attempt.sentAt !== null);

/** Whether a `failed` receipt is news: not after delivery, not twice, not for what was never sent. */
export const canFail = (state: AttemptState): boolean =>
  stateRank[state] < rankOf.delivered && state !== 'rejected' && state !== 'undelivered';

/** Whether the message is known to have arrived. */
export const arrived = (attempt: Attempt): boolean =>
  attempt.state === 'delivered' || attempt.state === 'read';

/** Whether `level` satisfies what the step asks for. */
export const reaches = (level: SuccessLevel, success: SuccessLevel): boolean =>
  rankOf[level] >= rankOf[success];
