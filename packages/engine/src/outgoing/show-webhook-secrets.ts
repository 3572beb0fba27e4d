import type { Store } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import { liveSecrets } from './webhook-secrets.ts';

/** The secrets that sign a webhook's calls now, in the open, for the tenant's receiver; empty when there is no such webhook. */
export async function showWebhookSecrets(
  { store, keys }: { readonly store: Pick<Store, 'now' | 'webhooks'>; readonly keys: KeyRing },
  tenantId: string,
  id: string,
): Promise<readonly string[]> {
  const webhook = await store.webhooks.get(tenantId, id);
  if (!webhook) return [];
  const secrets = await liveSecrets(store, keys, webhook, await store.now());
  return secrets.map((secret) => secret.reveal());
}
