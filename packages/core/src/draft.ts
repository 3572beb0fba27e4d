import type { Channel } from './channel.ts';
import { addressKindOf } from './channel.ts';
import type { Effect, PublishedEvent, TimelineEntry, TimelineType } from './event.ts';
import type { Failure } from './failure.ts';
import { arrived } from './rank.ts';
import type {
  Attempt,
  AttemptState,
  Delivery,
  Step,
  Verification,
  VerificationStatus,
} from './verification.ts';
import { attemptIdOf } from './verification.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An attempt of a draft. Only the named changes of this file, `transition` and `receipt` write to it. */
export type DraftAttempt = Mutable<Attempt>;

/** A verification being changed by one event. Lives only inside `transition`; every change to it has a name below. */
export interface Draft {
  readonly v: Mutable<Omit<Verification, 'attempts' | 'addresses'>> & {
    attempts: DraftAttempt[];
    addresses: Mutable<Verification['addresses']>;
  };
  readonly now: number;
  readonly entries: TimelineEntry[];
  readonly effects: Effect[];
}

export const draftOf = (verification: Verification, now: number): Draft => ({
  v: {
    ...verification,
    addresses: { ...verification.addresses },
    attempts: verification.attempts.map((attempt) => ({ ...attempt })),
  },
  now,
  entries: [],
  effects: [],
});

export const currentOf = (d: Draft): DraftAttempt | undefined =>
  d.v.attempts.find((attempt) => attempt.id === d.v.currentId);

export const stepOf = (d: Draft, attempt: Attempt): Step => {
  const step = d.v.steps[attempt.step];
  if (!step) throw new RangeError(`attempt ${attempt.id} names step ${attempt.step}, which the route lacks`);
  return step;
};

/** Still waiting for something to happen to the current attempt. */
export const inFlight = (delivery: Delivery): boolean =>
  delivery === 'queued' || delivery === 'sending' || delivery === 'awaiting';

export function note(
  d: Draft,
  type: TimelineType,
  attempt: Attempt | null,
  detail: TimelineEntry['detail'] = {},
): void {
  d.entries.push({ type, attemptId: attempt?.id ?? null, at: d.now, detail });
}

/** What the timeline says about a failure. */
export const told = (failure: Failure, channel: Channel): TimelineEntry['detail'] => ({
  channel,
  failure: failure.kind,
  ...(failure.code !== undefined && { code: failure.code }),
});

export function publish(d: Draft, event: PublishedEvent, attempt?: Attempt): void {
  d.effects.push({ type: 'publish', event, ...(attempt && { attemptId: attempt.id }) });
}

/** The attempt is over without success (or was never tried). */
export function end(d: Draft, attempt: DraftAttempt, state: AttemptState): void {
  attempt.state = state;
  attempt.endedAt = d.now;
}

function addAttempt(d: Draft, stepIndex: number, step: Step, state: AttemptState): DraftAttempt {
  const tryNo = d.v.attempts.filter((attempt) => attempt.step === stepIndex).length + 1;
  const attempt: DraftAttempt = {
    id: attemptIdOf(d.v.id, stepIndex, tryNo),
    step: stepIndex,
    try: tryNo,
    channel: step.channel,
    provider: step.provider,
    account: step.account,
    state,
    claim: null,
    skipReason: null,
    failure: null,
    providerRef: null,
    queuedAt: d.now,
    sendingAt: null,
    acceptedAt: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    endedAt: null,
  };
  d.v.attempts.push(attempt);
  return attempt;
}

export function skip(
  d: Draft,
  stepIndex: number,
  step: Step,
  reason: NonNullable<Attempt['skipReason']>,
): void {
  const attempt = addAttempt(d, stepIndex, step, 'skipped');
  attempt.skipReason = reason;
  attempt.endedAt = d.now;
  note(d, 'attempt_skipped', attempt, { channel: step.channel, reason });
}

/** How long a queued attempt may wait for a worker before its bell is rung again (a lost job is found this way). */
export const requeueAfterMs = 5_000;

/** The queued attempt should be started `waitMs` from now; a while later its bell is rung again, in its step's time. */
export function lookForIt(d: Draft, attempt: Attempt, waitMs: number): void {
  setDeadline(d, Math.min(d.now + waitMs + requeueAfterMs, d.v.stepStartedAt + stepOf(d, attempt).timeoutMs));
}

/** Queue a try on a step: it becomes the current attempt. */
export function queueAttempt(d: Draft, stepIndex: number, step: Step, delayMs: number): void {
  disarm(d);
  const attempt = addAttempt(d, stepIndex, step, 'queued');
  if (delayMs === 0) d.v.stepStartedAt = d.now;
  d.v.currentId = attempt.id;
  d.v.delivery = 'queued';
  lookForIt(d, attempt, delayMs);
  note(d, 'attempt_queued', attempt, { channel: step.channel, account: step.account });
  d.effects.push({ type: 'enqueue', attemptId: attempt.id, channel: step.channel, delayMs });
}

/** The sweeper rings at the latest then; never later than the expiry. */
export function setDeadline(d: Draft, at: number): void {
  d.v.deadlineAt = Math.min(at, d.v.expiresAt);
}

/** Wait for the attempt's receipt until `timeoutMs` from now. */
export function awaitReceipt(d: Draft, attempt: Attempt): void {
  disarm(d);
  d.v.delivery = 'awaiting';
  setDeadline(d, d.now + stepOf(d, attempt).timeoutMs);
  const at = d.v.deadlineAt ?? d.v.expiresAt;
  d.v.bellAt = at;
  d.effects.push({ type: 'arm', attemptId: attempt.id, at });
}

export function disarm(d: Draft): void {
  if (d.v.bellAt === null || d.v.currentId === null) return;
  d.effects.push({ type: 'disarm', attemptId: d.v.currentId, at: d.v.bellAt });
  d.v.bellAt = null;
}

/** Nothing further starts by itself: the delivery rests in `delivery` until the expiry, a late receipt or a command. */
export function rest(d: Draft, delivery: Delivery & PublishedEvent, attempt?: Attempt): void {
  leaveQueue(d, attempt);
  disarm(d);
  d.v.delivery = delivery;
  setDeadline(d, d.v.expiresAt);
  note(d, delivery, attempt ?? null, attempt ? { channel: attempt.channel } : {});
  publish(d, delivery, attempt);
}

/** The provider took the message and will say no more. One that arrived before a resend says more than that. */
export function restUnconfirmed(d: Draft, attempt: Attempt): void {
  const winner = d.v.attempts.findLast(arrived);
  rest(d, winner ? 'delivered' : 'unconfirmed', winner ?? attempt);
}

/** A queued current attempt lost the race and will never be tried; the winner, if any, is what matters again. */
export function leaveQueue(d: Draft, winner?: Attempt): void {
  const current = currentOf(d);
  if (current?.state !== 'queued') return;
  end(d, current, 'suppressed');
  note(d, 'attempt_suppressed', current, { channel: current.channel });
  if (winner) d.v.currentId = winner.id;
}

/**
 * The end: the status is final, no deadline remains, the sealed code is erased by the store in the same commit.
 * A message that arrived before a resend was under way still counts.
 */
export function finish(d: Draft, status: Exclude<VerificationStatus, 'pending'>, by?: string): void {
  leaveQueue(d);
  disarm(d);
  d.v.status = status;
  d.v.deadlineAt = null;
  if (status === 'approved') d.v.delivery = 'delivered';
  else if (inFlight(d.v.delivery)) d.v.delivery = d.v.attempts.some(arrived) ? 'delivered' : 'stopped';
  note(d, status, null, by === undefined ? {} : { by });
  publish(d, status);
}

/** Why a step cannot be tried now, or undefined when it can. */
export function whyNot(d: Draft, step: Step): NonNullable<Attempt['skipReason']> | undefined {
  if (step.hidesContext) return 'context_hidden';
  const address = d.v.addresses[addressKindOf(step.channel)];
  if (address === 'absent') return 'address_missing';
  if (address === 'invalid') return 'address_invalid';
  const lifeMs = d.v.expiresAt - d.now;
  if (lifeMs <= 0 || lifeMs < step.minLifeMs) return 'too_little_life';
  return undefined;
}
