import { type Attempt, type AttemptState, callAllowanceMs, isFinal, verificationIdOf } from '@otp-relay/core';
import type { Call, Facts } from './facts.ts';
import type { RowChange } from './memory-ledger.ts';

/** Something that holds in every schedule. Each question is asked at its own moment; `false` breaks it. */
export interface Invariant {
  readonly name: string;
  /** After every commit, for each row it changed. */
  readonly onChange?: (change: RowChange, facts: Facts) => boolean;
  /** When a call reaches a provider. */
  readonly onCall?: (call: Call, facts: Facts) => boolean;
  /** At every sweep of a machine that nothing has happened to for a while. */
  readonly onCalmSweep?: (facts: Facts) => boolean;
  /** Once, when every code is dead and every report was delivered. */
  readonly atEnd?: (facts: Facts) => boolean;
}

/** Clocks of machines follow Postgres' this closely here, ms; a call takes as long to arrive. */
export const clockSlackMs = 60;

/** How long a machine, and Postgres, must have been well before a forgotten deadline is its fault, ms. */
export const calmMs = 10_000;

const height: Readonly<Record<AttemptState, number>> = {
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

const attemptOf = (facts: Facts, attemptId: string): Attempt | undefined =>
  facts.rows.get(verificationIdOf(attemptId) ?? '')?.verification.attempts.find((a) => a.id === attemptId);

const entered = (change: RowChange, ...types: string[]): boolean =>
  change.entries.some((entry) => types.includes(entry.type));

export const invariants: readonly Invariant[] = [
  {
    name: 'final ⇔ no deadline ⇔ no code',
    onChange: ({ after, material }) =>
      isFinal(after) === (after.deadlineAt === null) && isFinal(after) === (material.sealedCode === null),
  },
  {
    name: 'what is final stays as it is',
    onChange: ({ before, after }) =>
      !before ||
      !isFinal(before) ||
      (after.status === before.status && after.delivery === before.delivery && after.deadlineAt === null),
  },
  {
    name: 'no change finds a code alive that should be dead',
    // An insert may be late: its machine froze with the request in hand.
    onChange: ({ before, after, now }) =>
      isFinal(after) || ((!before || now < after.expiresAt) && (after.deadlineAt ?? 0) <= after.expiresAt),
  },
  {
    name: 'attempts are never lost, reordered or lowered',
    onChange: ({ before, after }) =>
      (before?.attempts ?? []).every((a, i) => {
        const same = after.attempts[i];
        return same?.id === a.id && height[same.state] >= height[a.state];
      }),
  },
  {
    name: 'an attempt is granted once, to one worker',
    onChange: ({ before, after }) =>
      (before?.attempts ?? []).every((a, i) => a.claim === null || after.attempts[i]?.claim === a.claim),
  },
  {
    name: 'only the current attempt waits for a worker',
    onChange: ({ after }) =>
      after.attempts.every((a) => a.state !== 'queued' || (a.id === after.currentId && !isFinal(after))),
  },
  {
    name: 'nothing is granted that is over, or has too little life left',
    onChange: ({ before, after, now }) =>
      after.attempts.every((a, i) => {
        if (a.claim === null || before?.attempts[i]?.claim === a.claim) return true;
        const minLifeMs = after.steps[a.step]?.minLifeMs ?? Number.POSITIVE_INFINITY;
        return before?.status === 'pending' && after.expiresAt - now >= minLifeMs;
      }),
  },
  {
    name: 'after delivery only a person starts something new',
    onChange: (change) => {
      const { before, after } = change;
      const started = after.attempts.length > (before?.attempts.length ?? 0);
      if (before?.delivery === 'stopped') return !started;
      return before?.delivery !== 'delivered' || !started || entered(change, 'next', 'resend');
    },
  },
  {
    name: 'nobody is given up before their time',
    onChange: (change) =>
      !entered(change, 'attempt_timed_out') ||
      (change.before?.deadlineAt !== null && change.now >= (change.before?.deadlineAt ?? 0)),
  },
  {
    name: 'wrong checks are counted, and the last one denies',
    onChange: ({ before, after }) =>
      after.failedChecks >= (before?.failedChecks ?? 0) &&
      (after.failedChecks === after.maxChecks) === (after.status === 'denied'),
  },
  {
    name: 'the timeline only grows, in the order of time',
    onChange: ({ before, after, entries, now }, { rows }) => {
      const last = rows.get(after.id)?.timeline.at(-1 - entries.length)?.at ?? 0;
      const notBefore = before ? now : 0;
      // The first lines are as old as the request. Two processes may each have decided by their own notion of the time.
      return (
        entries.every((e) => e.at >= notBefore && e.at <= now + clockSlackMs) &&
        last <= now + 2 * clockSlackMs
      );
    },
  },
  {
    name: 'intent before act: no call without a committed grant',
    onCall: ({ attemptId }, facts) => (attemptOf(facts, attemptId)?.claim ?? null) !== null,
  },
  {
    name: 'no call is made for what its own commit ended',
    onCall: ({ attemptId }, { grants }) => {
      const granted = grants.get(attemptId);
      return (
        granted?.status === 'pending' && granted.delivery === 'sending' && granted.currentId === attemptId
      );
    },
  },
  {
    name: 'a provider is called at most once for an attempt',
    onCall: ({ attemptId }, { calls }) => calls.filter((c) => c.attemptId === attemptId).length === 1,
  },
  {
    name: 'no call is made for a dead code, nor lets one outlive its death',
    onCall: ({ attemptId, issuedAt, lifeMs }, { rows }) => {
      const expiresAt = rows.get(verificationIdOf(attemptId) ?? '')?.verification.expiresAt ?? 0;
      return issuedAt < expiresAt + clockSlackMs && issuedAt + lifeMs <= expiresAt + clockSlackMs;
    },
  },
  {
    name: 'no call is made with less life than the provider needs',
    onCall: ({ attemptId, lifeMs }, facts) => {
      const row = facts.rows.get(verificationIdOf(attemptId) ?? '')?.verification;
      const step = row?.steps[attemptOf(facts, attemptId)?.step ?? -1];
      return lifeMs >= (step?.minLifeMs ?? Number.POSITIVE_INFINITY);
    },
  },
  {
    name: 'a worker that was held up after its grant does not call any more',
    onCall: ({ attemptId, issuedAt }, facts) => {
      const attempt = attemptOf(facts, attemptId);
      return (
        attempt !== undefined &&
        issuedAt <= (attempt.sendingAt ?? 0) + callAllowanceMs(attempt.channel) + clockSlackMs
      );
    },
  },
  {
    name: 'every message of a verification carries the same code',
    onCall: ({ attemptId, code }, { calls }) =>
      calls.every((c) => verificationIdOf(c.attemptId) !== verificationIdOf(attemptId) || c.code === code),
  },
  {
    name: 'no deadline is forgotten while one machine sweeps',
    onCalmSweep: ({ rows, now }) =>
      // A machine that slept on a request hands it over late.
      [...rows.values()].every(
        (row) => Math.max(row.verification.deadlineAt ?? now(), row.keptAt) >= now() - calmMs,
      ),
  },
  {
    name: 'everything accepted comes to an end',
    atEnd: ({ rows }) => [...rows.values()].every((row) => isFinal(row.verification)),
  },
  {
    name: 'what a client was told is in the ledger, one verification per Idempotency-Key',
    atEnd: ({ told, rows }) =>
      told.every(
        (one) => rows.has(one.id) && told.every((other) => one.key !== other.key || one.id === other.id),
      ) && unique([...rows.values()].flatMap((row) => row.idempotencyKey ?? [])),
  },
  {
    name: 'nothing is lost: a provider took it, or its end is written down',
    atEnd: ({ rows, calls }) =>
      [...rows.values()].every(
        ({ verification: v, timeline }) =>
          calls.some((c) => c.exists && verificationIdOf(c.attemptId) === v.id) ||
          timeline.some((e) =>
            ['exhausted', 'stopped', 'approved', 'denied', 'canceled', 'expired'].includes(e.type),
          ),
      ),
  },
  {
    name: 'no report that was answered is forgotten',
    atEnd: (facts) =>
      facts.taken.every(({ attemptId, status }) => {
        const state = attemptOf(facts, attemptId)?.state ?? 'queued';
        if (status === 'sent') return height[state] >= 3;
        if (status === 'failed') return height[state] >= 4 || state === 'undelivered' || state === 'rejected';
        return height[state] >= (status === 'read' ? 5 : 4);
      }),
  },
  {
    name: 'a message that arrived in time is called delivered, unless a stop forbade all further ones',
    atEnd: (facts) =>
      facts.taken.every(({ attemptId, status, at }) => {
        const row = facts.rows.get(verificationIdOf(attemptId) ?? '');
        // The end is written down by whoever notices it, which may be later than the code was dead.
        const notedAt = row?.timeline.find((e) => ends.has(e.type))?.at ?? 0;
        const endedAt = Math.min(notedAt, row?.verification.expiresAt ?? 0);
        // What comes in with the code's last breath is decided a commit later, when it is dead.
        const inTime = at < endedAt - clockSlackMs;
        const counts = (status === 'delivered' || status === 'read') && inTime;
        const stopped = row?.timeline.some((e) => e.type === 'stopped');
        return !counts || stopped || row?.verification.delivery === 'delivered';
      }),
  },
];

const ends = new Set<string>(['approved', 'denied', 'canceled', 'expired']);
const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
