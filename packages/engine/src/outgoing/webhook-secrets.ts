import { Secret } from '@otp-relay/core';
import type { Store, StoredWebhook } from '@otp-relay/store';
import { createWebhookSecret, type KeyRing } from '@otp-relay/vault';

/** A secret is bound to the row it belongs to. */
export const webhookAad = (tenantId: string, id: string): string => `webhook:${tenantId}:${id}`;

type SecretStore = { readonly webhooks: Pick<Store['webhooks'], 'get' | 'putSecrets'> };
type Hook = Pick<StoredWebhook, 'tenantId' | 'id' | 'sealedSecrets'>;

interface Kept {
  readonly secret: string;
  /** ms since 1970; null while it is the current one. */
  readonly until: number | null;
}

/** How long the secret before the last one goes on signing, unless told otherwise. */
export const keepOldSecretMs = 24 * 3_600_000;

/** The secrets that sign calls now, the current one first; the first one is made when it is first needed. */
export async function liveSecrets(
  store: SecretStore,
  keys: KeyRing,
  webhook: Hook,
  now: number,
): Promise<readonly Secret[]> {
  if (webhook.sealedSecrets === null) {
    const fresh = createWebhookSecret();
    const isOurs = await put(store, keys, webhook, [{ secret: fresh.reveal(), until: null }]);
    return isOurs ? [fresh] : liveSecrets(store, keys, await readAgain(store, webhook), now);
  }
  return open(keys, webhook)
    .filter(({ until }) => until === null || until > now)
    .map(({ secret }) => new Secret(secret));
}

/** Makes a new current secret. The one before it goes on signing beside it for `keepMs`; older ones end now. */
export async function rotateWebhookSecret(
  store: SecretStore,
  keys: KeyRing,
  webhook: Hook,
  { now, keepMs = keepOldSecretMs }: { readonly now: number; readonly keepMs?: number },
): Promise<Secret> {
  const fresh = createWebhookSecret();
  const current = open(keys, webhook).find(({ until }) => until === null);
  const kept: Kept[] = [{ secret: fresh.reveal(), until: null }];
  if (current && keepMs > 0) kept.push({ secret: current.secret, until: now + keepMs });
  if (await put(store, keys, webhook, kept)) return fresh;
  return rotateWebhookSecret(store, keys, await readAgain(store, webhook), { now, keepMs });
}

const put = (
  store: SecretStore,
  keys: KeyRing,
  { tenantId, id, sealedSecrets }: Hook,
  kept: readonly Kept[],
) =>
  store.webhooks.putSecrets(
    { tenantId, id },
    keys.seal(JSON.stringify(kept), webhookAad(tenantId, id)),
    sealedSecrets,
  );

const open = (keys: KeyRing, { tenantId, id, sealedSecrets }: Hook): readonly Kept[] =>
  sealedSecrets === null ? [] : JSON.parse(keys.open(sealedSecrets, webhookAad(tenantId, id)).reveal());

async function readAgain(store: SecretStore, { tenantId, id }: Hook): Promise<Hook> {
  const webhook = await store.webhooks.get(tenantId, id);
  if (!webhook) throw new Error(`webhook ${id} of ${tenantId} was removed`);
  return webhook;
}
