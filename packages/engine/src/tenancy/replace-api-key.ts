import type { Secret } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import { apiKeyScopes, issueApiKey } from './issue-api-key.ts';

export interface ReplacedKey {
  readonly id: string;
  readonly secret: Secret;
  /** When the old key stops working, ms since 1970. */
  readonly oldEndsAt: number;
}

/**
 * Makes a second key that may do the same, and lets the first one end after `graceMs`: meanwhile both work, and the calling
 * service changes over. Undefined when there is no such working key.
 */
export async function replaceApiKey(
  store: { readonly apiKeys: ReturnType<Store['by']>['apiKeys'] },
  pepper: Pepper,
  old: { readonly tenantId: string; readonly id: string },
  { graceMs, now }: { readonly graceMs: number; readonly now: number },
): Promise<ReplacedKey | undefined> {
  const keys = await store.apiKeys.list(old.tenantId);
  const key = keys.find(({ id }) => id === old.id);
  if (!key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return undefined;
  const { id, secret } = await issueApiKey(store, pepper, {
    tenantId: key.tenantId,
    name: key.name,
    mode: key.mode,
    scopes: apiKeyScopes.filter((scope) => key.scopes.includes(scope)),
    // A key that was to live for 90 days from the start gives its successor 90 days again.
    ...(key.expiresAt !== null && { expiresAt: now + key.expiresAt - key.createdAt }),
  });
  const oldEndsAt = Math.min(key.expiresAt ?? Number.POSITIVE_INFINITY, now + graceMs);
  await store.apiKeys.end(key.tenantId, key.id, oldEndsAt);
  return { id, secret, oldEndsAt };
}
