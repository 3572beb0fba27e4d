import type { TimelineView, VerificationView } from '@otp-relay/contracts';
import { type Attempt, explain, type TimelineEntry } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';

type Stored = NonNullable<Awaited<ReturnType<Store['verification']['get']>>>;
type Listed = Awaited<ReturnType<Store['verification']['list']>>[number];

const instant = (ms: number): string => new Date(ms).toISOString();
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));

/** A stored verification as callers see it: masked recipient, no code, no provider ids. */
export const viewOf = ({ verification, recipientMasked, createdAt }: Stored): VerificationView => ({
  id: verification.id,
  status: verification.status,
  delivery: verification.delivery,
  purpose: verification.purpose,
  to: recipientMasked,
  channel: verification.attempts.find((attempt) => attempt.id === verification.currentId)?.channel ?? null,
  route: verification.steps.map((step) => step.channel),
  createdAt: instant(createdAt),
  expiresAt: instant(verification.expiresAt),
  attempts: verification.attempts.map(attemptViewOf),
});

const attemptViewOf = (attempt: Attempt): VerificationView['attempts'][number] => ({
  id: attempt.id,
  step: attempt.step,
  try: attempt.try,
  channel: attempt.channel,
  provider: attempt.provider,
  account: attempt.account,
  state: attempt.state,
  skipReason: attempt.skipReason,
  failure: attempt.failure && {
    kind: attempt.failure.kind,
    code: attempt.failure.code ?? null,
    explanation: explain(attempt.failure),
  },
  queuedAt: instant(attempt.queuedAt),
  acceptedAt: instantOrNull(attempt.acceptedAt),
  deliveredAt: instantOrNull(attempt.deliveredAt),
  endedAt: instantOrNull(attempt.endedAt),
});

/** A stored timeline as callers see it. */
export const timelineViewOf = (id: string, entries: readonly TimelineEntry[]): TimelineView => ({
  id,
  entries: entries.map((entry) => ({
    at: instant(entry.at),
    type: entry.type,
    attempt: entry.attemptId,
    detail: entry.detail,
  })),
});

/** One line of a list. */
export const summaryOf = (listed: Listed) => ({
  id: listed.id,
  status: listed.status,
  delivery: listed.delivery,
  purpose: listed.purpose,
  to: listed.recipientMasked,
  channel: listed.channel,
  attempts: listed.attempts,
  createdAt: instant(listed.createdAt),
  expiresAt: instant(listed.expiresAt),
});
