import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Played } from './testing/invariants.ts';
import { attemptOf, invariants, unique } from './testing/invariants.ts';
import type { Move } from './testing/schedule.ts';
import { eventOf, line, moves, request } from './testing/schedule.ts';
import type { Transition } from './transition.ts';
import { begin, transition } from './transition.ts';
import type { Verification } from './verification.ts';
import { isFinal } from './verification.ts';

/** Random schedules per property; a nightly run sets more. */
const runs = Number(process.env.OTP_PROPERTY_RUNS ?? 3_000);

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

describe('transition, over random schedules', () => {
  it(`keeps all ${invariants.length} invariants`, () => {
    expect(unique(invariants.map(({ name }) => name))).toBe(true);
    fc.assert(
      fc.property(request, line, moves, (asked, waitMs, schedule) => {
        play(
          begin(asked, 0, () => waitMs),
          schedule,
        );
      }),
      { numRuns: runs },
    );
  });

  it('ends by its expiry when every effect is lost and only the sweeper rings', () => {
    fc.assert(
      fc.property(request, line, moves, (asked, waitMs, schedule) => {
        let v = play(
          begin(asked, 0, () => waitMs),
          schedule,
        );
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
