import type { CheckRefusal } from './checks/reserve-try.ts';
import type { Draft } from './draft.ts';
import { currentOf, finish, inFlight, leaveQueue, note, queueAttempt, stepOf, whyNot } from './draft.ts';
import type { Actor } from './event.ts';
import { advance, leap, runOut } from './moves.ts';
import { isFinal } from './verification.ts';

/** One wrong check more; at the limit the verification is denied. */
export function checkFailed(d: Draft, reason?: 'code' | 'context'): void {
  if (isFinal(d.v)) return;
  d.v.failedChecks += 1;
  note(d, 'check_failed', null, { failedChecks: d.v.failedChecks, ...(reason && { reason }) });
  if (d.v.failedChecks >= d.v.maxChecks) finish(d, 'denied');
}

/** A guess that was not compared: remembered, and nothing else. */
export function checkRefused(d: Draft, reason: CheckRefusal): void {
  note(d, 'check_refused', null, { reason });
}

/**
 * Converted elsewhere: the code is no longer needed, so nothing more is sent and it stops working. It is never `approved`:
 * only the right code is. The other way round it is only remembered.
 */
export function feedback(d: Draft, converted: boolean): void {
  note(d, 'feedback', null, { converted });
  if (converted && !isFinal(d.v)) finish(d, 'canceled', 'service');
}

/** Leave the current channel now, whatever it is doing. A message already out may still arrive, and its receipt still counts. */
export function next(d: Draft, by: Actor, attemptId: string | undefined): void {
  const current = currentOf(d);
  if (isFinal(d.v) || !current || d.v.delivery === 'exhausted' || d.v.delivery === 'stopped') return;
  if (attemptId !== undefined && (attemptId !== current.id || !inFlight(d.v.delivery))) return;
  note(d, 'next', current, { by, channel: current.channel });
  leaveQueue(d);
  const waiting = inFlight(d.v.delivery);
  if (!leap(d, 'fallback') && waiting) runOut(d);
}

/** The same code once more: on the step that is current, or from the top once the route is exhausted. */
export function resend(d: Draft, by: Actor): void {
  const current = currentOf(d);
  if (isFinal(d.v) || !current || d.v.delivery === 'stopped') return;
  if (d.v.delivery === 'queued' || d.v.delivery === 'sending') return;
  note(d, 'resend', current, { by });
  const step = stepOf(d, current);
  if (d.v.delivery === 'exhausted' || whyNot(d, step)) advance(d, 'first');
  else queueAttempt(d, current.step, step, 0);
}
