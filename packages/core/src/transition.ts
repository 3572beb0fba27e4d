import type { Draft } from './draft.ts';
import {
  awaitReceipt,
  currentOf,
  draftOf,
  end,
  finish,
  inFlight,
  leaveQueue,
  note,
  publish,
  queueAttempt,
  rest,
  setDeadline,
  stepOf,
  whyNot,
} from './draft.ts';
import type { Effect, TimelineEntry, VerificationEvent } from './event.ts';
import type { Failure } from './failure.ts';
import { advance, leap, moveOn, requeue } from './moves.ts';
import { canFail, lifts, reaches } from './receipt.ts';
import type { SuccessLevel, Verification } from './verification.ts';
import { isFinal } from './verification.ts';

/** What an event makes of a verification: the new state, its timeline lines, and what to do after the commit. */
export interface Transition {
  readonly verification: Verification;
  readonly entries: readonly TimelineEntry[];
  readonly effects: readonly Effect[];
}

/** A worker that was granted an attempt has this long to call the provider before the attempt counts as uncertain. */
export const callAllowanceMs = 8_000;

/**
 * The heart: what `event` means for `verification` at `now` (ms; Postgres' clock). Pure: no I/O, no clock, no randomness.
 * An event that means nothing in this state returns the verification unchanged (the same object).
 */
export function transition(verification: Verification, event: VerificationEvent, now: number): Transition {
  const d = draftOf(verification, now);
  if (!isFinal(d.v) && now >= d.v.expiresAt) finish(d, 'expired');
  handle(d, event);
  const changed = d.entries.length > 0 || d.effects.length > 0;
  return { verification: changed ? d.v : verification, entries: d.entries, effects: d.effects };
}

/** The first transition: a verification comes to life on its first possible step. */
export function begin(
  request: Pick<
    Verification,
    'id' | 'tenantId' | 'purpose' | 'steps' | 'addresses' | 'expiresAt' | 'maxChecks'
  >,
  now: number,
): Transition {
  const d = draftOf(
    {
      ...request,
      status: 'pending',
      delivery: 'queued',
      currentId: null,
      stepStartedAt: now,
      deadlineAt: request.expiresAt,
      bellAt: null,
      failedChecks: 0,
      attempts: [],
    },
    now,
  );
  note(d, 'accepted', null, {
    purpose: request.purpose,
    steps: request.steps.map((s) => s.channel).join(' → '),
  });
  publish(d, 'accepted');
  advance(d, 'first');
  return { verification: d.v, entries: d.entries, effects: d.effects };
}

function handle(d: Draft, event: VerificationEvent): void {
  switch (event.type) {
    case 'started':
      return started(d, event.attemptId, event.claim);
    case 'accepted':
    case 'refused':
    case 'uncertain':
      return answered(d, event);
    case 'receipt':
      return receipt(d, event);
    case 'deadline_reached':
      return deadlineReached(d);
    case 'approved':
      if (!isFinal(d.v)) finish(d, 'approved');
      return;
    case 'check_failed':
      return checkFailed(d);
    case 'canceled':
      if (!isFinal(d.v)) finish(d, 'canceled', event.by);
      return;
    case 'next':
      return next(d, event.by, event.attemptId);
    case 'resend':
      return resend(d, event.by);
  }
}

/** Grants the attempt to one worker: only a queued, current attempt of a live verification, only once. */
function started(d: Draft, attemptId: string, claim: string): void {
  const attempt = currentOf(d);
  if (isFinal(d.v) || attempt?.id !== attemptId || attempt.state !== 'queued') return;
  const step = stepOf(d, attempt);
  const reason = whyNot(d, step);
  if (reason) {
    end(d, attempt, 'skipped');
    attempt.skipReason = reason;
    note(d, 'attempt_skipped', attempt, { channel: attempt.channel, reason });
    return advance(d, 'fallback');
  }
  attempt.state = 'sending';
  attempt.claim = claim;
  attempt.sendingAt = d.now;
  d.v.delivery = 'sending';
  setDeadline(d, Math.max(d.v.stepStartedAt + step.timeoutMs, d.now + callAllowanceMs));
  note(d, 'attempt_sending', attempt, { channel: attempt.channel, try: attempt.try });
}

/** The provider's answer, or the lack of one. Only the worker holding the claim is believed, and only once. */
function answered(d: Draft, event: Extract<VerificationEvent, { claim: string }>): void {
  const attempt = d.v.attempts.find((a) => a.id === event.attemptId);
  if (!attempt || attempt.claim !== event.claim || event.type === 'started') return;
  if (attempt.acceptedAt !== null || attempt.state === 'rejected' || attempt.state === 'undelivered') return;
  const waiting = attempt.id === d.v.currentId && d.v.delivery === 'sending' && !isFinal(d.v);

  if (event.type === 'accepted') {
    attempt.acceptedAt = d.now;
    attempt.providerRef ??= event.providerRef;
    if (attempt.state === 'sending') attempt.state = 'accepted';
    note(d, 'attempt_accepted', attempt, { channel: attempt.channel });
    if (waiting && reaches('accepted', stepOf(d, attempt).success)) rest(d, 'unconfirmed', attempt);
    else if (waiting) awaitReceipt(d, attempt);
    return;
  }
  if (attempt.state !== 'sending' && !(event.type === 'refused' && attempt.state === 'uncertain')) return;
  attempt.failure = event.failure;
  if (event.type === 'uncertain') {
    attempt.state = 'uncertain';
    note(d, 'attempt_uncertain', attempt, told(event.failure, attempt.channel));
    if (waiting) awaitReceipt(d, attempt);
    return;
  }
  end(d, attempt, 'rejected');
  note(d, 'attempt_rejected', attempt, told(event.failure, attempt.channel));
  if (waiting) moveOn(d, attempt, event.failure);
}

/** A delivery report: updates its attempt always, the verification only while it is alive. */
function receipt(d: Draft, event: Extract<VerificationEvent, { type: 'receipt' }>): void {
  const attempt = d.v.attempts.find((a) => a.id === event.attemptId);
  if (!attempt) return;
  const current = attempt.id === d.v.currentId;
  const { status } = event;

  if (status === 'failed') {
    if (!canFail(attempt.state)) return;
    const failure: Failure = event.failure ?? { kind: 'unknown', scope: 'request' };
    end(d, attempt, 'undelivered');
    attempt.failure = failure;
    attempt.providerRef ??= event.providerRef ?? null;
    note(d, 'attempt_undelivered', attempt, { ...told(failure, attempt.channel), ...lateness(d, current) });
    if (isFinal(d.v)) return;
    if (current && (inFlight(d.v.delivery) || d.v.delivery === 'unconfirmed')) moveOn(d, attempt, failure);
    return;
  }

  if (!lifts(status, attempt.state)) return;
  const answeredYet = attempt.state !== 'sending' && attempt.state !== 'queued';
  attempt.state = status;
  attempt[`${status}At`] = d.now;
  attempt.endedAt = null;
  attempt.providerRef ??= event.providerRef ?? null;
  note(d, `attempt_${status}`, attempt, { channel: attempt.channel, ...lateness(d, current) });
  if (isFinal(d.v)) return;
  if (reaches(status, stepOf(d, attempt).success) || !inFlight(d.v.delivery)) reached(d, attempt.id, status);
  else if (current && !answeredYet) awaitReceipt(d, attempt);
}

/** A success level was reached: `delivered` and `read` are delivery, less is only `unconfirmed`. Never steps back. */
function reached(d: Draft, attemptId: string, level: SuccessLevel): void {
  const attempt = d.v.attempts.find((a) => a.id === attemptId);
  const delivered = reaches(level, 'delivered');
  if (d.v.delivery === 'delivered' || (!delivered && !inFlight(d.v.delivery))) return;
  rest(d, delivered ? 'delivered' : 'unconfirmed', attempt);
}

/** The only clock event; its meaning comes from the state. Early, late and repeated bells do nothing. */
function deadlineReached(d: Draft): void {
  if (isFinal(d.v) || d.v.deadlineAt === null || d.now < d.v.deadlineAt) return;
  const attempt = currentOf(d);
  if (!attempt || !inFlight(d.v.delivery)) return;
  if (attempt.state === 'queued' && requeue(d, attempt)) return;
  const uncertain = attempt.state === 'sending' || attempt.state === 'uncertain';
  end(d, attempt, uncertain ? 'uncertain' : 'timed_out');
  if (attempt.state === 'timed_out' || attempt.failure === null) {
    note(d, `attempt_${attempt.state === 'timed_out' ? 'timed_out' : 'uncertain'}`, attempt, {
      channel: attempt.channel,
    });
  }
  publish(d, 'attempt_failed', attempt);
  advance(d, 'fallback');
}

/** One wrong check more; at the limit the verification is denied. */
function checkFailed(d: Draft): void {
  if (isFinal(d.v)) return;
  d.v.failedChecks += 1;
  note(d, 'check_failed', null, { failedChecks: d.v.failedChecks });
  if (d.v.failedChecks >= d.v.maxChecks) finish(d, 'denied');
}

/** Leave the current channel now, whatever it is doing. A message already out may still arrive, and its receipt still counts. */
function next(d: Draft, by: string, attemptId: string | undefined): void {
  const current = currentOf(d);
  if (isFinal(d.v) || !current || d.v.delivery === 'exhausted' || d.v.delivery === 'stopped') return;
  if (attemptId !== undefined && (attemptId !== current.id || !inFlight(d.v.delivery))) return;
  note(d, 'next', current, { by, channel: current.channel });
  leaveQueue(d);
  const waiting = inFlight(d.v.delivery);
  if (!leap(d, 'fallback') && waiting) rest(d, 'exhausted');
}

/** The same code once more: on the step that is current, or from the top once the route is exhausted. */
function resend(d: Draft, by: string): void {
  const current = currentOf(d);
  if (isFinal(d.v) || !current || d.v.delivery === 'stopped') return;
  if (d.v.delivery === 'queued' || d.v.delivery === 'sending') return;
  note(d, 'resend', current, { by });
  const step = stepOf(d, current);
  if (d.v.delivery === 'exhausted' || whyNot(d, step)) return advance(d, 'first');
  queueAttempt(d, current.step, step, 0);
}

const told = (failure: Failure, channel: string): TimelineEntry['detail'] => ({
  channel,
  failure: failure.kind,
  ...(failure.code !== undefined && { code: failure.code }),
});

const lateness = (d: Draft, current: boolean): TimelineEntry['detail'] =>
  isFinal(d.v) || !current ? { late: true } : {};
