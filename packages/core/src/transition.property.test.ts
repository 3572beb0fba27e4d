import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AttemptState, FailureKind, Transition, Verification, VerificationEvent } from './index.ts';
import {
  addressKindOf,
  attemptIdOf,
  begin,
  channels,
  failureKinds,
  isFinal,
  successLevels,
  transition,
  verificationIdOf,
} from './index.ts';

/** Random schedules per property; a nightly run sets more. */
const runs = Number(process.env.OTP_PROPERTY_RUNS ?? 3_000);

const id = 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6';

// A schedule: a route, and moves that find their attempt, claim and instant only while they are played.

const request = fc.record({
  id: fc.constant(id),
  tenantId: fc.constant('acme'),
  purpose: fc.constant('auth' as const),
  steps: fc.array(
    fc.record({
      channel: fc.constantFrom(...channels),
      provider: fc.constant('twilio-sms' as const),
      account: fc.constantFrom('a', 'b'),
      timeoutMs: fc.constantFrom(5_000, 7_300, 25_000, 900_000),
      success: fc.constantFrom(...successLevels),
      minLifeMs: fc.constantFrom(0, 30_000),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  addresses: fc.record({
    phone: fc.constantFrom('present' as const, 'present', 'present', 'absent', 'invalid'),
    email: fc.constantFrom('present' as const, 'present', 'absent', 'invalid'),
  }),
  expiresAt: fc.constantFrom(20_000, 60_000, 600_000),
  maxChecks: fc.integer({ min: 1, max: 5 }),
});

const move = fc.record({
  /** Time since the last move; `null`: at the deadline, when there is one. */
  afterMs: fc.oneof(
    fc.constantFrom(0, 1, 400, 5_000),
    fc.integer({ min: 0, max: 40_000 }),
    fc.constant(null),
  ),
  what: fc.constantFrom(
    ...(['started', 'started', 'started', 'accepted', 'accepted', 'refused', 'uncertain'] as const),
    ...(['sent', 'delivered', 'read', 'failed', 'failed', 'bell', 'bell', 'bell'] as const),
    ...(['approved', 'check_failed', 'canceled', 'next', 'promoted', 'resend', 'resend'] as const),
  ),
  /** Which attempt: 0 the current one, else counted from the first. */
  target: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
  rightClaim: fc.oneof(
    { weight: 5, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  kind: fc.constantFrom(...(Object.keys(failureKinds) as FailureKind[])),
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

function eventOf(m: Move, v: Verification, index: number): VerificationEvent {
  const target = m.target === 0 ? undefined : v.attempts[m.target % (v.attempts.length + 1)];
  const attempt = target ?? v.attempts.find((a) => a.id === v.currentId);
  const attemptId = attempt?.id ?? attemptIdOf(id, 99, 1);
  const claim = m.rightClaim ? (attempt?.claim ?? 'none') : 'stranger';
  const failure = { kind: m.kind, scope: 'request' as const };
  switch (m.what) {
    case 'started':
      return { type: 'started', attemptId, claim: `claim-${index}` };
    case 'accepted':
      return { type: 'accepted', attemptId, claim, providerRef: null };
    case 'refused':
    case 'uncertain':
      return { type: m.what, attemptId, claim, failure };
    case 'sent':
    case 'delivered':
    case 'read':
      return { type: 'receipt', attemptId, status: m.what };
    case 'failed':
      return { type: 'receipt', attemptId, status: 'failed', failure };
    case 'bell':
      return { type: 'deadline_reached' };
    case 'approved':
    case 'check_failed':
      return { type: m.what };
    case 'canceled':
    case 'resend':
      return { type: m.what, by: 'user' };
    case 'next':
      return { type: 'next', by: 'user' };
    case 'promoted':
      return { type: 'next', by: 'operator', attemptId };
  }
}

/** One event and everything an invariant may look at. */
interface Played {
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
const unique = (values: readonly string[]) => new Set(values).size === values.length;
const attemptOf = (v: Verification, attemptId: string) => v.attempts.find((a) => a.id === attemptId);

/** What holds after every event of every schedule. */
const invariants: ReadonlyArray<{ name: string; holds: (p: Played) => boolean }> = [
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
      const repeatable = event.type === 'check_failed' || event.type === 'resend';
      if (repeatable || (event.type === 'next' && event.attemptId === undefined)) return true;
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
    name: 'delivered and approved deliveries have a message that arrived, or the right code',
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

function freeze(v: Verification): Verification {
  for (const part of [v, v.addresses, v.attempts, ...v.attempts]) Object.freeze(part);
  return v;
}

/** Plays a schedule; throws with the broken invariants and the story so far. */
function play(born: Transition, moves: readonly Move[]): Verification {
  let v = freeze(born.verification);
  let now = 0;
  const armed = new Set<string>();
  const grants = new Map<string, number>();
  const story: string[] = [`0 begin → ${v.status} ${v.delivery}`];
  for (const [index, m] of moves.entries()) {
    now = m.afterMs === null ? Math.max(now, v.deadlineAt ?? now) : now + m.afterMs;
    const event = eventOf(m, v, index);
    const before = v;
    const done = transition(before, event, now);
    v = freeze(done.verification);
    for (const e of done.effects) {
      if (e.type === 'arm') armed.add(`${e.attemptId}@${e.at}`);
      if (e.type === 'disarm') armed.delete(`${e.attemptId}@${e.at}`);
    }
    if (event.type === 'started' && attemptOf(v, event.attemptId)?.claim === event.claim)
      grants.set(event.attemptId, (grants.get(event.attemptId) ?? 0) + 1);
    story.push(`${now} ${JSON.stringify(event)} → ${v.status} ${v.delivery}`);
    const played: Played = { before, event, now, done, after: v, armed, grants };
    const broken = invariants.filter(({ holds }) => !holds(played)).map(({ name }) => name);
    if (broken.length > 0)
      throw new Error(`broken: ${broken.join('; ')}\n${story.join('\n')}\n${JSON.stringify(v, null, 1)}`);
  }
  return v;
}

const moves = fc.array(move, { maxLength: 60, size: 'max' });

describe('transition, over random schedules', () => {
  it(`keeps all ${invariants.length} invariants`, () => {
    expect(unique(invariants.map(({ name }) => name))).toBe(true);
    fc.assert(
      fc.property(request, moves, (asked, schedule) => {
        play(begin(asked, 0), schedule);
      }),
      { numRuns: runs },
    );
  });

  it('ends by its expiry when every effect is lost and only the sweeper rings', () => {
    fc.assert(
      fc.property(request, moves, (asked, schedule) => {
        let v = play(begin(asked, 0), schedule);
        for (let rings = 0; v.deadlineAt !== null; rings += 1) {
          expect(rings).toBeLessThan(asked.expiresAt / 5_000 + 40);
          v = transition(v, { type: 'deadline_reached' }, v.deadlineAt).verification;
        }
        expect(isFinal(v)).toBe(true);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('comes to the same attempt state in whatever order its receipts arrive', () => {
    const status = fc.constantFrom('sent' as const, 'delivered' as const, 'read' as const, 'failed' as const);
    const shuffled = fc
      .array(status, { minLength: 1, maxLength: 8 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(request, moves, fc.nat(), shuffled, (asked, schedule, pick, [one, other]) => {
        const v = play(begin(asked, 0), schedule);
        const attempt = v.attempts[pick % Math.max(v.attempts.length, 1)];
        fc.pre(attempt !== undefined);
        const stateAfter = (order: typeof one) =>
          order.reduce((w, s) => {
            const event = { type: 'receipt', attemptId: attempt!.id, status: s } as const;
            return transition(w, event, asked.expiresAt - 1).verification;
          }, v);
        expect(attemptOf(stateAfter(one), attempt!.id)?.state).toBe(
          attemptOf(stateAfter(other), attempt!.id)?.state,
        );
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  });
});
