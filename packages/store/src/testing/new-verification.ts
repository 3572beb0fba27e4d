import { createHash, randomBytes } from 'node:crypto';
import { begin, type Step } from '@otp-relay/core';
import type { NewVerification } from '../index.ts';

/** Test data only: a verification about to be inserted, with a route of three steps and its first attempt queued. */
export function newVerification(
  over: Partial<NewVerification> & { tenantId?: string; now?: number } = {},
): NewVerification {
  const { tenantId = 'acme', now = Date.now(), ...rest } = over;
  const begun = begin(
    {
      id: `vrf_${ulid(now)}`,
      tenantId,
      purpose: 'auth',
      steps,
      addresses: { phone: 'present', email: 'present' },
      expiresAt: now + 600_000,
      maxChecks: 5,
    },
    now,
  );
  return {
    verification: begun.verification,
    entries: begun.entries,
    material: {
      sealedCode: randomBytes(50),
      sealedRecipient: randomBytes(110),
      codeMac: randomBytes(32),
      locale: 'en',
      callingCode: '1',
      country: 'US',
      context: null,
      mode: 'live',
      createdAt: now,
    },
    idempotencyKey: null,
    requestHash: createHash('sha256').update(begun.verification.id).digest(),
    liveKey: randomBytes(32),
    recipientKey: randomBytes(32),
    recipientMasked: '+1•••••••00',
    source: 'http',
    ...rest,
  };
}

const step = (channel: Step['channel'], provider: Step['provider'], account: string): Step => ({
  channel,
  provider,
  account,
  timeoutMs: 25_000,
  success: 'delivered',
  minLifeMs: 30_000,
});

const steps: readonly Step[] = [
  step('whatsapp', 'meta-whatsapp', 'acme-wa'),
  step('sms', 'twilio-sms', 'acme-sms'),
  step('email', 'smtp-email', 'acme-mail'),
];

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten characters of time, sixteen of chance. */
export function ulid(now: number): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32))
    time = alphabet.charAt(rest % 32) + time;
  return time + Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 31)).join('');
}
