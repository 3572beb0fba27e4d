import { describe, expect, it } from '@jest/globals';
import { begin, transition } from './transition.ts';
import type { Step } from './verification.ts';

const step = (channel: 'whatsapp' | 'sms'): Step => ({
  channel,
  provider: channel === 'sms' ? 'twilio-sms' : 'meta-whatsapp',
  account: channel,
  timeoutMs: 25_000,
  success: 'delivered',
  minLifeMs: 0,
});
const hidden: Step = { ...step('whatsapp'), hidesContext: true };

const started = (steps: readonly Step[]) =>
  begin(
    {
      id: `vrf_${'0'.repeat(26)}`,
      tenantId: 'acme',
      purpose: 'payment',
      steps,
      addresses: { phone: 'present', email: 'absent' },
      expiresAt: 600_000,
      maxChecks: 5,
    },
    0,
  );

describe('a step that cannot show what the code approves', () => {
  it('is skipped with that reason, first or later, and on request', () => {
    const first = started([hidden, step('sms')]).verification;
    expect(first.attempts).toMatchObject([
      { state: 'skipped', skipReason: 'context_hidden' },
      { state: 'queued' },
    ]);
    const later = started([step('sms'), hidden]).verification;
    const next = transition(later, { type: 'next', by: 'user' }, 1_000).verification;
    expect(next.attempts.map(({ state }) => state)).toEqual(['suppressed', 'skipped']);
    expect(next.delivery).toBe('exhausted');
  });

  it('leaves nothing to send when it is all there is', () => {
    const { verification, effects } = started([hidden]);
    expect(verification.delivery).toBe('exhausted');
    expect(effects.some(({ type }) => type === 'enqueue')).toBe(false);
  });
});
