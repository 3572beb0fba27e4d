import { addressKindOf } from '../channel.ts';
import type { VerificationEvent } from '../event.ts';
import type { Transition } from '../transition.ts';
import { transition } from '../transition.ts';
import type { AttemptState, Verification } from '../verification.ts';
import { attemptIdOf, isFinal, successLevels, verificationIdOf } from '../verification.ts';

/** One event and everything an invariant may look at. */
export interface Played {
  readonly before: Verification;
  readonly event: VerificationEvent;
  readonly now: number;
  readonly done: Transition;
  readonly after: Verification;
  /** Bells armed and not disarmed so far, by what the effects said. */
  readonly armed: ReadonlySet<string>;
  readonly grants: ReadonlyMap<string, number>;
}

const order: Readonly<Record<AttemptState, number>> = {
  queued: 0,
  sending: 1,
  uncertain: 1,
  accepted: 2,
  timed_out: 3,
  sent: 3,
  rejected: 3,
  undelivered: 3,
  delivered: 4,
  read: 5,
  skipped: 6,
  suppressed: 6,
};
const over = new Set<AttemptState>(['rejected', 'undelivered', 'timed_out', 'skipped', 'suppressed']);

export const unique = (values: readonly string[]) => new Set(values).size === values.length;
export const attemptOf = (v: Verification, attemptId: string) => v.attempts.find((a) => a.id === attemptId);

/** What holds after every event of every schedule. */
export const invariants: ReadonlyArray<{ name: string; holds: (p: Played) => boolean }> = [
  { name: 'final ⇔ no deadline', holds: ({ after: v }) => isFinal(v) === (v.deadlineAt === null) },
  {
    name: 'no deadline is later than the expiry',
    holds: ({ after: v }) => v.deadlineAt === null || v.deadlineAt <= v.expiresAt,
  },
  {
    name: 'after a bell the next deadline is later, or it is the end',
    holds: ({ event, after: v, now }) =>
      event.type !== 'deadline_reached' || v.deadlineAt === null || v.deadlineAt > now,
  },
  {
    name: 'a final status never changes, and its delivery neither',
    holds: ({ before, after }) =>
      !isFinal(before) || (after.status === before.status && after.delivery === before.delivery),
  },
  {
    name: 'pending never outlives the expiry',
    holds: ({ after: v, now }) => isFinal(v) || now < v.expiresAt,
  },
  {
    name: 'no attempt ever sinks',
    holds: ({ before, after }) =>
      before.attempts.every((a) => order[attemptOf(after, a.id)?.state ?? 'queued'] >= order[a.state]),
  },
  {
    name: 'attempts are never removed or reordered, and a claim never changes',
    holds: ({ before, after }) =>
      before.attempts.every((a, i) => {
        const same = after.attempts[i];
        return same?.id === a.id && (a.claim === null || same.claim === a.claim);
      }),
  },
  {
    name: 'only the current attempt is queued, and delivery says so',
    holds: ({ after: v }) => {
      const queued = v.attempts.filter((a) => a.state === 'queued');
      return queued.every((a) => a.id === v.currentId) && (v.delivery === 'queued') === (queued.length === 1);
    },
  },
  {
    name: 'delivery is sending exactly while the current attempt is',
    holds: ({ after: v }) => v.delivery !== 'sending' || attemptOf(v, v.currentId ?? '')?.state === 'sending',
  },
  {
    name: 'an attempt is granted at most once',
    holds: ({ grants }) => [...grants.values()].every((n) => n === 1),
  },
  {
    name: 'a step starts only for a live code with enough life and a good address',
    holds: ({ before, after, now }) =>
      after.attempts.every((a, i) => {
        if (a.claim === null || before.attempts[i]?.claim === a.claim) return true;
        const lifeMs = after.expiresAt - now;
        const enough = lifeMs > 0 && lifeMs >= (after.steps[a.step]?.minLifeMs ?? Infinity);
        return !isFinal(after) && enough && after.addresses[addressKindOf(a.channel)] === 'present';
      }),
  },
  {
    name: 'nothing is enqueued after the end or a stop, and after delivered or exhausted only by command',
    holds: ({ before, event, done, after }) => {
      if (!done.effects.some((e) => e.type === 'enqueue')) return true;
      const commanded = event.type === 'next' || event.type === 'resend';
      const resting = before.delivery === 'delivered' || before.delivery === 'exhausted';
      return !isFinal(after) && before.delivery !== 'stopped' && (!resting || commanded);
    },
  },
  {
    name: 'what is queued was enqueued',
    holds: ({ before, done, after }) =>
      after.attempts.every(
        (a) =>
          a.state !== 'queued' ||
          attemptOf(before, a.id) !== undefined ||
          done.effects.some((e) => e.type === 'enqueue' && e.attemptId === a.id),
      ),
  },
  {
    name: '(step, try) is unique and the ids are derived from it',
    holds: ({ after: v }) =>
      unique(v.attempts.map((a) => `${a.step}/${a.try}`)) &&
      v.attempts.every((a) => a.id === attemptIdOf(v.id, a.step, a.try) && verificationIdOf(a.id) === v.id),
  },
  {
    name: 'wrong checks stay within the limit, and reaching it denies',
    holds: ({ after: v }) =>
      v.failedChecks <= v.maxChecks && (v.failedChecks === v.maxChecks) === (v.status === 'denied'),
  },
  {
    name: 'a bell is armed exactly while its attempt is awaited',
    holds: ({ after: v, armed }) => {
      const due = v.bellAt === null ? [] : [`${v.currentId}@${v.bellAt}`];
      const fits = v.bellAt === null ? v.delivery !== 'awaiting' : v.delivery === 'awaiting';
      return fits && JSON.stringify([...armed]) === JSON.stringify(due);
    },
  },
  {
    name: 'the same event twice is the same event once',
    holds: ({ event, now, after }) => {
      const told = event.type === 'check_refused' || event.type === 'feedback';
      const repeatable = event.type === 'check_failed' || event.type === 'resend';
      if (told || repeatable || (event.type === 'next' && event.attemptId === undefined)) return true;
      return transition(after, event, now).verification === after;
    },
  },
  {
    name: 'nothing happened ⇔ the same object',
    holds: ({ before, after, done }) =>
      (after === before) === (done.entries.length === 0 && done.effects.length === 0),
  },
  {
    name: 'the input is never written to, and expiry, route and limits never change',
    holds: ({ before, after }) =>
      Object.isFrozen(before) &&
      after.expiresAt === before.expiresAt &&
      after.steps === before.steps &&
      after.maxChecks === before.maxChecks,
  },
  {
    name: 'a stop is lifted by nothing but the end',
    holds: ({ before, after }) =>
      before.delivery !== 'stopped' || isFinal(after) || after.delivery === 'stopped',
  },
  {
    name: 'what arrived is never called exhausted',
    holds: ({ after: v }) =>
      v.delivery !== 'exhausted' ||
      isFinal(v) ||
      !v.attempts.some((a) => order[a.state] === 4 || order[a.state] === 5),
  },
  {
    name: 'an attempt has an end exactly when it is over',
    holds: ({ after: v }) =>
      v.attempts.every(
        ({ state, endedAt }) => state === 'uncertain' || (endedAt !== null) === over.has(state),
      ),
  },
  {
    name: 'an attempt that reached a level carries no failure',
    holds: ({ after: v }) =>
      v.attempts.every((a) => a.failure === null || !(successLevels as readonly string[]).includes(a.state)),
  },
  {
    name: 'delivered means that a message arrived, or the right code came',
    holds: ({ after: v }) =>
      v.delivery !== 'delivered' ||
      v.status === 'approved' ||
      v.attempts.some((a) => a.state === 'delivered' || a.state === 'read'),
  },
  {
    name: 'effects and timeline name only attempts that exist, at this instant',
    holds: ({ done, after, now }) =>
      [...done.effects, ...done.entries].every((e) => {
        const named = 'attemptId' in e ? e.attemptId : null;
        return named == null || attemptOf(after, named) !== undefined;
      }) && done.entries.every((e) => e.at === now),
  },
];
