import fc from 'fast-check';
import { channels } from '../channel.ts';
import type { VerificationEvent } from '../event.ts';
import type { FailureKind } from '../failure.ts';
import { failureKinds } from '../failure.ts';
import type { Verification } from '../verification.ts';
import { attemptIdOf, successLevels } from '../verification.ts';

const id = 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6';

// A schedule: a route, and moves that find their attempt, claim and instant only while they are played.

/** What someone asks for, on any route. */
export const request = fc.record({
  id: fc.constant(id),
  tenantId: fc.constant('acme'),
  purpose: fc.constant('auth' as const),
  steps: fc.array(
    fc.record({
      channel: fc.constantFrom(...channels),
      provider: fc.constant('twilio-sms' as const),
      account: fc.constantFrom('a', 'b'),
      timeoutMs: fc.constantFrom(1_000, 7_300, 25_000, 900_000),
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

/** How long messages wait for their turn when it is requested, ms. */
export const line = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 }));

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
    ...(['check_refused', 'converted', 'unconverted', 'withheld'] as const),
  ),
  /** Which attempt: 0 the current one, else counted from the first. */
  target: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
  rightClaim: fc.oneof(
    { weight: 5, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  kind: fc.constantFrom(...(Object.keys(failureKinds) as FailureKind[])),
});
export type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** The event a move stands for, once it is known what it finds. */
export function eventOf(m: Move, v: Verification, index: number): VerificationEvent {
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
    case 'withheld':
      return { type: 'withheld', attemptId, claim, reason: 'over_budget' };
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
    case 'check_refused':
      return { type: m.what, reason: 'locked' };
    case 'converted':
    case 'unconverted':
      return { type: 'feedback', converted: m.what === 'converted' };
    case 'canceled':
    case 'resend':
      return { type: m.what, by: 'user' };
    case 'next':
      return { type: 'next', by: 'user' };
    case 'promoted':
      return { type: 'next', by: 'operator', attemptId };
  }
}

/** Up to sixty things that happen, in any order. */
export const moves = fc.array(move, { maxLength: 60, size: 'max' });
