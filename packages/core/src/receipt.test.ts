import { describe, expect, it } from '@jest/globals';
import type { VerificationEvent } from './event.ts';
import type { Failure } from './failure.ts';
import type { Rule } from './rules.ts';
import { replay } from './rules.ts';
import { transition } from './transition.ts';

const awaited = replay({
  name: 'awaited',
  rule: '4',
  route: ['whatsapp', 'sms'],
  given: ['1s 0_1 started', '2s 0_1 accepted'],
  becomes: { state: 'pending awaiting', attempts: [], effects: [] },
} satisfies Rule).at(-1)!.verification;
const attemptId = awaited.currentId!;

const hear = (event: Partial<Extract<VerificationEvent, { type: 'receipt' }>>, now = 4_000) =>
  transition(awaited, { type: 'receipt', attemptId, status: 'delivered', ...event }, now);

describe('a receipt', () => {
  it('is stamped with our clock, not with the provider’s', () => {
    const [attempt] = hear({ status: 'read', at: 1 }).verification.attempts;
    expect(attempt).toMatchObject({ readAt: 4_000, deliveredAt: null, endedAt: null });
  });

  it('keeps the reference the answer gave', () => {
    const [attempt] = hear({ providerRef: 'another' }).verification.attempts;
    expect(attempt?.providerRef).toBe('ref-0_1');
  });

  it('gives the reference when the answer was lost', () => {
    const lost = { ...awaited, attempts: awaited.attempts.map((a) => ({ ...a, providerRef: null })) };
    const event = { type: 'receipt', attemptId, status: 'sent', providerRef: 'wamid.1' } as const;
    expect(transition(lost, event, 4_000).verification.attempts[0]?.providerRef).toBe('wamid.1');
  });

  it('keeps the failure as the provider told it', () => {
    const failure: Failure = { kind: 'not_on_whatsapp', scope: 'recipient', code: '131026', detail: 'no' };
    const { verification, entries } = hear({ status: 'failed', failure });
    expect(verification.attempts[0]?.failure).toEqual(failure);
    expect(entries[0]?.detail).toEqual({ channel: 'whatsapp', failure: 'not_on_whatsapp', code: '131026' });
  });

  it('calls a failure without a reason unknown', () => {
    const { verification } = hear({ status: 'failed' });
    expect(verification.attempts[0]?.failure).toEqual({ kind: 'unknown', scope: 'request' });
    expect(verification.delivery).toBe('queued');
  });

  it('for an attempt nobody knows changes nothing', () => {
    expect(hear({ attemptId: 'att_00000000000000000000000000_7_1' }).verification).toBe(awaited);
  });

  it('after the end is marked late in the timeline', () => {
    expect(hear({}, 600_000).entries.at(-1)).toMatchObject({
      type: 'attempt_delivered',
      detail: { late: true },
    });
  });
});
