import { describe, expect, it } from '@jest/globals';
import { begin, transition, type Verification, type VerificationEvent } from '@otp-relay/core';
import { commandedOf } from './commanded.ts';

const lifeMs = 60_000;
const born = begin(
  {
    id: `vrf_${'0'.repeat(26)}`,
    tenantId: 'acme',
    purpose: 'auth',
    steps: [
      {
        channel: 'sms',
        provider: 'twilio-sms',
        account: 'sms',
        timeoutMs: 5_000,
        success: 'delivered',
        minLifeMs: 0,
      },
    ],
    addresses: { phone: 'present', email: 'absent' },
    expiresAt: lifeMs,
    maxChecks: 5,
  },
  0,
).verification;

const apply = (verification: Verification, event: VerificationEvent, now: number) => {
  const after = transition(verification, event, now).verification;
  return { verification: after, changed: after !== verification };
};
const commands: readonly VerificationEvent[] = [
  { type: 'canceled', by: 'service' },
  { type: 'next', by: 'service' },
  { type: 'resend', by: 'service' },
];

describe('commandedOf', () => {
  it('says what was obeyed, what meant nothing, and what was not found', () => {
    expect(commandedOf(apply(born, { type: 'canceled', by: 'service' }, 1))).toBe('done');
    expect(commandedOf(apply(born, { type: 'resend', by: 'service' }, 1))).toBe('nothing');
    expect(commandedOf(undefined)).toBe('unknown');
  });

  it.each(commands)('refuses $type after the code’s life, also when nobody had noticed its end', (event) => {
    const first = apply(born, event, lifeMs);
    expect(first.changed).toBe(true);
    expect(commandedOf(first)).toBe('final');
    expect(commandedOf(apply(first.verification, event, lifeMs + 1))).toBe('final');
  });

  it('refuses what was ended before', () => {
    const { verification } = apply(born, { type: 'canceled', by: 'service' }, 1);
    expect(commandedOf(apply(verification, { type: 'resend', by: 'service' }, 2))).toBe('final');
  });
});
