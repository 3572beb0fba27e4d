import type { Channel } from './channel.ts';
import { addressKindOf } from './channel.ts';
import type { Draft } from './draft.ts';
import {
  currentOf,
  note,
  publish,
  queueAttempt,
  requeueAfterMs,
  rest,
  setDeadline,
  skip,
  stepOf,
  whyNot,
} from './draft.ts';
import type { Failure } from './failure.ts';
import { classOf, moveOf } from './failure.ts';
import { arrived } from './rank.ts';
import type { Attempt } from './verification.ts';

/** Pauses before the second and third try on one step. Meta and Twilio ask for exponential backoff; an OTP has no time for more. */
export const retryDelaysMs: readonly number[] = [500, 1_500];

/** How the next step is chosen: `first` from the top, `failover` any later step, `fallback` a later step on another channel. */
export type Leap = 'first' | 'failover' | 'fallback';

/** {@link leap}, and when no step is left {@link runOut}. */
export function advance(d: Draft, kind: Leap): void {
  if (!leap(d, kind)) runOut(d);
}

/** No step is left. A message that arrived without reaching its step's `success`, or before a resend, still counts. */
export function runOut(d: Draft): void {
  const winner = d.v.attempts.findLast(arrived);
  rest(d, winner ? 'delivered' : 'exhausted', winner);
}

/** Start the next step that can be tried; those passed over become `skipped` attempts with the reason. False when none is left. */
export function leap(d: Draft, kind: Leap): boolean {
  const left = kind === 'first' ? undefined : currentOf(d);
  const start = left ? left.step + 1 : 0;
  for (const [offset, step] of d.v.steps.slice(start).entries()) {
    const index = start + offset;
    const sameChannel = kind === 'fallback' && step.channel === left?.channel;
    const failed = kind !== 'first' && (sameChannel || channelFailed(d, step.channel));
    const reason = whyNot(d, step) ?? (failed ? 'channel_failed' : undefined);
    if (reason) {
      skip(d, index, step, reason);
      continue;
    }
    if (left) {
      const leapt = step.channel === left.channel ? 'failover' : 'fallback';
      note(d, leapt, left, { from: left.channel, to: step.channel });
    }
    queueAttempt(d, index, step, 0);
    return true;
  }
  return false;
}

/** In this round only: whoever asks to resend on an exhausted route may have switched the phone on. */
function channelFailed(d: Draft, channel: Channel): boolean {
  const { attempts } = d.v;
  const roundStart = attempts.findLastIndex((a, i) => a.step < (attempts[i - 1]?.step ?? Infinity));
  return attempts
    .slice(roundStart)
    .some((a) => a.channel === channel && a.failure !== null && classOf(a.failure) === 'channel');
}

/** The current attempt failed: make the move its failure class leads to. */
export function moveOn(d: Draft, attempt: Attempt, failure: Failure): void {
  publish(d, 'attempt_failed', attempt);
  learn(d, attempt, failure);
  switch (moveOf[classOf(failure)]) {
    case 'retry':
      if (!retry(d, attempt)) advance(d, 'failover');
      break;
    case 'failover':
      advance(d, 'failover');
      break;
    case 'skip_address':
    case 'wait':
    case 'fallback':
      advance(d, 'fallback');
      break;
    case 'stop':
      break;
  }
}

/** What a failure means beyond its own attempt, however late it comes: whom to tell, which address is wrong, whether all must stop. */
export function learn(d: Draft, attempt: Attempt, failure: Failure): void {
  const move = moveOf[classOf(failure)];
  if (move === 'failover' || move === 'stop')
    d.effects.push({ type: 'alert', attemptId: attempt.id, failure });
  if (move === 'skip_address') d.v.addresses[addressKindOf(attempt.channel)] = 'invalid';
  if (move === 'stop' && d.v.delivery !== 'delivered' && d.v.delivery !== 'stopped') {
    rest(d, 'stopped', attempt);
  }
}

/** Try the same step once more, inside its own time and with life left; false when that is not possible. */
function retry(d: Draft, attempt: Attempt): boolean {
  const step = stepOf(d, attempt);
  const since = d.v.stepStartedAt;
  const tries = d.v.attempts.filter((a) => a.step === attempt.step && a.queuedAt >= since).length;
  const delayMs = retryDelaysMs[tries - 1];
  if (delayMs === undefined) return false;
  const at = d.now + delayMs;
  if (at >= since + step.timeoutMs || d.v.expiresAt - at < Math.max(step.minLifeMs, 1)) return false;
  note(d, 'retry', attempt, { channel: attempt.channel, delayMs });
  queueAttempt(d, attempt.step, step, delayMs);
  return true;
}

/**
 * The longer it waits the likelier it stands in line and is not lost: what a lost job costs is at most twice as long as it
 * has waited. Of a long line some are due all the time, so it moves on at once.
 */
const longestRequeueMs = 30_000;

/** The queued attempt's job may have been lost: ring again, until the step's own time is over. */
export function requeue(d: Draft, attempt: Attempt): boolean {
  const step = stepOf(d, attempt);
  const endsAt = d.v.stepStartedAt + step.timeoutMs;
  if (d.now >= endsAt) return false;
  const pauseMs = Math.min(Math.max(2 * (d.now - attempt.queuedAt), requeueAfterMs), longestRequeueMs);
  setDeadline(d, Math.min(d.now + pauseMs, endsAt));
  note(d, 'attempt_requeued', attempt, { channel: attempt.channel });
  d.effects.push({ type: 'enqueue', attemptId: attempt.id, channel: attempt.channel, delayMs: 0 });
  return true;
}
