import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AddressKind, Secret } from '@otp-relay/core';
import { type Canonical, canonical } from './canonical.ts';
import { derivedKey, rootKey } from './root-key.ts';

/** What a code is bound to; `context` is the transaction it confirms (amount, payee, document …). */
export interface CodeBinding {
  readonly tenantId: string;
  readonly verificationId: string;
  readonly code: Secret | string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Keyed hashes, 32 bytes each. Every method has its own key, so equal inputs never give equal hashes across uses. */
export interface Pepper {
  /** What is stored to check a guess: covers tenant, verification, code and context. */
  codeMac(binding: CodeBinding): Buffer;
  /** Blind index to find a person's rows by address; give it the normalised address (E.164, lower-case mailbox). */
  addressKey(tenantId: string, kind: AddressKind, address: string): Buffer;
  /** Names "this recipient, this purpose" for joining a live verification and for cumulative counters. */
  liveKey(tenantId: string, purpose: string, recipient: Canonical): Buffer;
  /** Names what a limit counts: an address, a network, a device. */
  bucketKey(tenantId: string, kind: string, value: string): Buffer;
  /** Fingerprint of a whole request, to refuse an idempotency key that comes back with another request. */
  requestHash(tenantId: string, request: Canonical): Buffer;
  /** What is stored of an API key. */
  apiKeyHash(apiKey: Secret | string): Buffer;
  /** Signs questions to a tenant, `whsec_<base64 of 32 bytes>`: derived, so that it is stored nowhere. */
  decisionSecret(tenantId: string, version: number): Secret;
}

/** Makes the keyed hashes from OTP_PEPPER, base64 of 32 bytes. Throws `OTP_VAULT_PEPPER`. */
export function createPepper(base64: string): Pepper {
  const root = rootKey('OTP_PEPPER', base64, 'OTP_VAULT_PEPPER');
  const hash = (use: string): ((value: Canonical) => Buffer) => {
    const key = derivedKey(root, use);
    return (value) => createHmac('sha256', key).update(canonical(value)).digest();
  };
  const code = hash('code-mac');
  const address = hash('address-key');
  const live = hash('live-key');
  const bucket = hash('bucket-key');
  const request = hash('request-hash');
  const apiKey = hash('api-key');
  const decision = hash('decision-secret');
  return {
    codeMac: (it) => code([it.tenantId, it.verificationId, it.code, it.context ?? {}]),
    addressKey: (tenantId, kind, value) => address([tenantId, kind, value]),
    liveKey: (tenantId, purpose, recipient) => live([tenantId, purpose, recipient]),
    bucketKey: (tenantId, kind, value) => bucket([tenantId, kind, value]),
    requestHash: (tenantId, value) => request([tenantId, value]),
    apiKeyHash: (key) => apiKey(key),
    decisionSecret: (tenantId, version) =>
      new Secret(`whsec_${decision([tenantId, version]).toString('base64')}`),
  };
}

/** Whether two hashes are equal, in constant time; a prefix or an extension is not equal, nor are two empty ones. */
export const sameMac = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
