import type { Draft, DraftAttempt } from './draft.ts';
import { awaitReceipt, end, inFlight, note, rest, restUnconfirmed, stepOf, told } from './draft.ts';
import type { VerificationEvent } from './event.ts';
import type { Failure } from './failure.ts';
import { learn, moveOn } from './moves.ts';
import { canFail, lifts, reaches } from './rank.ts';
import type { Attempt, SuccessLevel } from './verification.ts';
import { isFinal } from './verification.ts';

type Receipt = Extract<VerificationEvent, { type: 'receipt' }>;

/** A delivery report: updates its attempt always, the verification only while it is alive. */
export function receipt(d: Draft, event: Receipt): void {
  const attempt = d.v.attempts.find((a) => a.id === event.attemptId);
  if (!attempt) return;
  if (event.status === 'failed') failed(d, attempt, event);
  else rose(d, attempt, event.status, event.providerRef);
}

function rose(d: Draft, attempt: DraftAttempt, status: 'sent' | 'delivered' | 'read', ref?: string): void {
  if (!lifts(status, attempt)) return;
  const current = attempt.id === d.v.currentId;
  const unanswered = attempt.state === 'sending' || attempt.state === 'queued';
  attempt.state = status;
  attempt[`${status}At`] = d.now;
  attempt.endedAt = null;
  attempt.failure = null;
  attempt.providerRef ??= ref ?? null;
  note(d, `attempt_${status}`, attempt, { channel: attempt.channel, ...lateness(d, current) });
  if (isFinal(d.v)) return;
  if (reaches(status, stepOf(d, attempt).success) || !inFlight(d.v.delivery)) reached(d, attempt, status);
  else if (current && unanswered) awaitReceipt(d, attempt);
}

function failed(d: Draft, attempt: DraftAttempt, event: Receipt): void {
  if (!canFail(attempt.state)) return;
  const current = attempt.id === d.v.currentId;
  const failure: Failure = event.failure ?? { kind: 'unknown', scope: 'request' };
  end(d, attempt, 'undelivered');
  attempt.failure = failure;
  attempt.providerRef ??= event.providerRef ?? null;
  note(d, 'attempt_undelivered', attempt, { ...told(failure, attempt.channel), ...lateness(d, current) });
  if (isFinal(d.v)) return;
  if (current && (inFlight(d.v.delivery) || d.v.delivery === 'unconfirmed')) moveOn(d, attempt, failure);
  else learn(d, attempt, failure);
}

/** A success level was reached: `delivered` and `read` are delivery, less is only `unconfirmed`. Never steps back, never lifts a stop. */
function reached(d: Draft, attempt: Attempt, level: SuccessLevel): void {
  const { delivery } = d.v;
  if (delivery === 'delivered' || delivery === 'stopped') return;
  if (reaches(level, 'delivered')) rest(d, 'delivered', attempt);
  else if (inFlight(delivery)) restUnconfirmed(d, attempt);
}

const lateness = (d: Draft, current: boolean): { late?: true } =>
  isFinal(d.v) || !current ? { late: true } : {};
