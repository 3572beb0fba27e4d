import type { Store, StoredWebhook } from '@otp-relay/store';
import { createId, type KeyRing } from '@otp-relay/vault';
import { type Called, callWebhook } from './call-webhook.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { liveSecrets } from './webhook-secrets.ts';

/** Calls a webhook with an event of type `webhook.test`, from this process and at once; nothing of it is stored. */
export async function tryWebhook(
  {
    store,
    keys,
    outgoing,
  }: {
    readonly store: Pick<Store, 'now' | 'webhooks'>;
    readonly keys: KeyRing;
    readonly outgoing: GuardedFetch;
  },
  webhook: StoredWebhook,
): Promise<{ readonly called: Called; readonly tookMs: number }> {
  const now = await store.now();
  const secrets = await liveSecrets(store, keys, webhook, now);
  const body = {
    type: 'webhook.test',
    timestamp: new Date(now).toISOString(),
    data: { webhook: webhook.id },
  } as const;
  const startedAt = performance.now();
  const called = await callWebhook(
    outgoing,
    { url: webhook.url, secrets },
    { id: createId('evt'), body },
    { now },
  );
  return { called, tookMs: Math.round(performance.now() - startedAt) };
}
