import type { VerificationRequest } from '@otp-relay/contracts';
import type { Secret } from '@otp-relay/core';
import type { Pepper } from '@otp-relay/vault';
import type { Recipient } from './recipient.ts';

/** What a request shares with the running verification it joins. */
export interface Joinable {
  readonly tenantId: string;
  readonly request: Pick<VerificationRequest, 'purpose'> & Partial<Pick<VerificationRequest, 'context'>>;
  readonly recipient: Pick<Recipient, 'phone' | 'email'>;
  /** A caller's own code joins only a verification of the same code: another code is another verification. */
  readonly brought: Secret | undefined;
  readonly mode: 'live' | 'test';
}

/** Names the running verification that a repeated request joins. */
export const liveKeyOf = (
  { tenantId, request, recipient, brought, mode }: Joinable,
  pepper: Pick<Pepper, 'liveKey'>,
): Buffer =>
  pepper.liveKey(tenantId, request.purpose, {
    phone: recipient.phone ?? '',
    email: recipient.email ?? '',
    brought: brought ?? '',
    context: request.context ?? null,
    // What a test key asks for never joins what a live one did.
    mode: mode === 'test' ? 'test' : undefined,
  });
