import type { Channel } from './channel.ts';
import { checkFailed, checkRefused, feedback, next, resend } from './command.ts';
import type { Draft } from './draft.ts';
import {
  awaitReceipt,
  currentOf,
  draftOf,
  end,
  finish,
  inFlight,
  lookForIt,
  note,
  publish,
  restUnconfirmed,
  setDeadline,
  stepOf,
  told,
  whyNot,
} from './draft.ts';
import type { Effect, TimelineEntry, VerificationEvent } from './event.ts';
import { advance, moveOn, requeue } from './moves.ts';
import { arrived, reaches } from './rank.ts';
import { receipt } from './receipt.ts';
import type { Verification } from './verification.ts';
import { isFinal } from './verification.ts';

/** What an event makes of a verification: the new state, its timeline lines, and what to do after the commit. */
export interface Transition {
  readonly verification: Verification;
  readonly entries: readonly TimelineEntry[];
  readonly effects: readonly Effect[];
}

/**
 * A worker that was granted an attempt has this long, ms, to call the provider before the attempt counts as uncertain. The
 * longest call takes 3 s over HTTP and 4.5 s by SMTP; more than is needed would be time that a dead worker's recipient
 * waits for nothing.
 */
export const callAllowanceMs = (channel: Channel): number => (channel === 'email' ? 6_000 : 4_000);

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

/**
 * The first transition: a verification comes to life on its first possible step. `waitMs` says how long a message on a
 * channel waits for its turn at present: nobody looks for the job before (ADR 0021).
 */
export function begin(
  request: Pick<
    Verification,
    'id' | 'tenantId' | 'purpose' | 'steps' | 'addresses' | 'expiresAt' | 'maxChecks'
  >,
  now: number,
  waitMs: (channel: Channel) => number = () => 0,
): Transition {
  const d = draftOf(
    {
      status: 'pending',
      delivery: 'queued',
      currentId: null,
      stepStartedAt: now,
      deadlineAt: request.expiresAt,
      bellAt: null,
      failedChecks: 0,
      attempts: [],
      ...request,
    },
    now,
  );
  note(d, 'accepted', null, {
    purpose: request.purpose,
    steps: request.steps.map((s) => s.channel).join(' → '),
  });
  publish(d, 'accepted');
  advance(d, 'first');
  const first = currentOf(d);
  if (first) lookForIt(d, first, waitMs(first.channel));
  return { verification: d.v, entries: d.entries, effects: d.effects };
}

function handle(d: Draft, event: VerificationEvent): void {
  switch (event.type) {
    case 'started':
      started(d, event.attemptId, event.claim);
      break;
    case 'accepted':
    case 'refused':
    case 'uncertain':
      answered(d, event);
      break;
    case 'withheld':
      withheld(d, event);
      break;
    case 'receipt':
      receipt(d, event);
      break;
    case 'deadline_reached':
      deadlineReached(d);
      break;
    case 'approved':
      if (!isFinal(d.v)) finish(d, 'approved');
      break;
    case 'check_failed':
      checkFailed(d, event.reason);
      break;
    case 'check_refused':
      checkRefused(d, event.reason);
      break;
    case 'feedback':
      feedback(d, event.converted);
      break;
    case 'canceled':
      if (!isFinal(d.v)) finish(d, 'canceled', event.by);
      break;
    case 'next':
      next(d, event.by, event.attemptId);
      break;
    case 'resend':
      resend(d, event.by);
      break;
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
    advance(d, 'fallback');
    return;
  }
  attempt.state = 'sending';
  attempt.claim = claim;
  attempt.sendingAt = d.now;
  d.v.delivery = 'sending';
  setDeadline(d, Math.max(d.v.stepStartedAt + step.timeoutMs, d.now + callAllowanceMs(attempt.channel)));
  note(d, 'attempt_sending', attempt, { channel: attempt.channel, try: attempt.try });
}

/** Granted, then not sent after all, by whoever holds the claim: as if it had been skipped in the first place. */
function withheld(d: Draft, event: Extract<VerificationEvent, { type: 'withheld' }>): void {
  const attempt = d.v.attempts.find((a) => a.id === event.attemptId);
  if (attempt?.claim !== event.claim || attempt.state !== 'sending') return;
  const waiting = attempt.id === d.v.currentId && d.v.delivery === 'sending';
  end(d, attempt, 'skipped');
  attempt.skipReason = event.reason;
  note(d, 'attempt_skipped', attempt, { channel: attempt.channel, reason: event.reason });
  if (waiting) advance(d, 'fallback');
}

/** The provider's answer, or the lack of one. Only the worker holding the claim is believed, and only once. */
function answered(d: Draft, event: Extract<VerificationEvent, { claim: string }>): void {
  const attempt = d.v.attempts.find((a) => a.id === event.attemptId);
  if (!attempt || attempt.claim !== event.claim) return;
  if (event.type === 'started' || event.type === 'withheld') return;
  if (attempt.acceptedAt !== null || attempt.state === 'rejected') return;
  const waiting = attempt.id === d.v.currentId && d.v.delivery === 'sending';

  if (event.type === 'accepted') {
    attempt.acceptedAt = d.now;
    attempt.providerRef ??= event.providerRef;
    if (attempt.state === 'sending' || attempt.state === 'uncertain') {
      attempt.state = 'accepted';
      attempt.endedAt = null;
      attempt.failure = null;
    }
    note(d, 'attempt_accepted', attempt, { channel: attempt.channel });
    if (waiting && reaches('accepted', stepOf(d, attempt).success)) restUnconfirmed(d, attempt);
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

/** The only clock event; its meaning comes from the state. Early, late and repeated bells do nothing. */
function deadlineReached(d: Draft): void {
  if (isFinal(d.v) || d.v.deadlineAt === null || d.now < d.v.deadlineAt) return;
  const attempt = currentOf(d);
  if (!attempt || !inFlight(d.v.delivery)) return;
  if (attempt.state === 'queued' && requeue(d, attempt)) return;
  const unanswered = attempt.state === 'sending';
  const unknown = unanswered || attempt.state === 'uncertain';
  // A message that arrived but was not read in time (`success: 'read'`) stays delivered: ranks only move up.
  if (!arrived(attempt)) end(d, attempt, unknown ? 'uncertain' : 'timed_out');
  note(d, unanswered ? 'attempt_uncertain' : 'attempt_timed_out', attempt, { channel: attempt.channel });
  publish(d, 'attempt_failed', attempt);
  advance(d, 'fallback');
}
