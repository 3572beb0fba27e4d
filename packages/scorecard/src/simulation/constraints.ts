import { type Attempt, isFinal, type Verification } from '@otp-relay/core';

type Check<T> = readonly [name: string, holds: (row: T) => boolean];

/** The CHECK constraints of `otp.verifications` (store, migration 0002), word for word. */
const ofVerifications: readonly Check<Verification>[] = [
  ['final_has_no_deadline', (v) => isFinal(v) === (v.deadlineAt === null)],
  ['final_has_no_bell', (v) => !isFinal(v) || v.bellAt === null],
  ['deadline_within_life', (v) => v.deadlineAt === null || v.deadlineAt <= v.expiresAt],
  ['approved_is_delivered', (v) => v.status !== 'approved' || v.delivery === 'delivered'],
  ['final_is_at_rest', (v) => !isFinal(v) || !['queued', 'sending', 'awaiting'].includes(v.delivery)],
  [
    'in_flight_has_attempt',
    (v) => !['queued', 'sending', 'awaiting'].includes(v.delivery) || v.currentId !== null,
  ],
  ['failed_checks_in_bounds', (v) => v.failedChecks >= 0 && v.failedChecks <= v.maxChecks],
];

const reachedAt = {
  accepted: 'acceptedAt',
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
} as const;
const over = new Set(['rejected', 'undelivered', 'timed_out', 'skipped', 'suppressed']);

/** The CHECK constraints of `otp.attempts`. */
const ofAttempts: readonly Check<Attempt>[] = [
  ['skipped_has_reason', (a) => (a.state === 'skipped') === (a.skipReason !== null)],
  ['failed_has_failure', (a) => !['rejected', 'undelivered'].includes(a.state) || a.failure !== null],
  ['sending_has_claim', (a) => (a.claim === null) === (a.sendingAt === null)],
  ['granted_before_sent', (a) => !['sending', 'uncertain'].includes(a.state) || a.claim !== null],
  [
    'reached_has_instant',
    (a) => !(a.state in reachedAt) || a[reachedAt[a.state as keyof typeof reachedAt]] !== null,
  ],
  ['over_has_end', (a) => a.state === 'uncertain' || over.has(a.state) === (a.endedAt !== null)],
];

/** The first constraint Postgres would refuse this row for, or undefined. */
export function brokenConstraint(v: Verification, createdAt: number): string | undefined {
  if (v.expiresAt <= createdAt) return 'expires_after_creation';
  const places = v.attempts.map((a) => `${a.step}/${a.try}`);
  if (new Set(places).size < places.length) return 'one_try_per_step';
  return (
    ofVerifications.find(([, holds]) => !holds(v))?.[0] ??
    ofAttempts.find(([, holds]) => !v.attempts.every(holds))?.[0]
  );
}
