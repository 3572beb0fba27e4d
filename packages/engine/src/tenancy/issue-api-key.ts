import type { Secret } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';
import { type ApiKeyMode, createApiKey, type Pepper } from '@otp-relay/vault';

/** What an API key may do: send, check what a person typed, look, or administer its own tenant. */
export const apiKeyScopes = ['send', 'check', 'read', 'admin'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** What a calling service needs, and no more: nobody becomes an administrator by leaving something out. */
export const defaultScopes = ['send', 'check', 'read'] as const satisfies readonly ApiKeyScope[];

export interface NewKey {
  readonly tenantId: string;
  readonly name: string;
  /** `send`, `check` and `read` when left out. */
  readonly scopes?: readonly ApiKeyScope[];
  /** `test` keys never reach a provider. */
  readonly mode?: ApiKeyMode;
  /** ms since 1970; never when left out. */
  readonly expiresAt?: number;
}

/** Makes an API key of a tenant and stores its hash. `secret` exists only in what this returns. */
export async function issueApiKey(
  store: { readonly apiKeys: Pick<Store['apiKeys'], 'create'> },
  pepper: Pepper,
  { tenantId, name, scopes = defaultScopes, mode = 'live', expiresAt }: NewKey,
): Promise<{ readonly id: string; readonly secret: Secret }> {
  const { id, secret, hash } = createApiKey(pepper, mode);
  await store.apiKeys.create({ id, tenantId, name, mode, scopes, hash, expiresAt: expiresAt ?? null });
  return { id, secret };
}
