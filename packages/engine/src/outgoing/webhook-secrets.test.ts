import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Secret } from '@otp-relay/core';
import type { StoredWebhook } from '@otp-relay/store';
import { createKeyRing } from '@otp-relay/vault';
import { keepOldSecretMs, liveSecrets, rotateWebhookSecret } from './webhook-secrets.ts';

const keys = createKeyRing(`1:${randomBytes(32).toString('base64')}`);
const shown = (secrets: readonly Secret[]): string[] => secrets.map((secret) => secret.reveal());

/** One webhook in memory, whose secrets are put only where they were based on what is there. */
function scene() {
  let sealedSecrets: Buffer | null = null;
  const hook = () => ({ tenantId: 'acme', id: 'main', sealedSecrets });
  const store = {
    webhooks: {
      get: async () => hook() as StoredWebhook,
      async putSecrets(_webhook: object, sealed: Buffer, basedOn: Buffer | null) {
        if (basedOn !== sealedSecrets) return false;
        sealedSecrets = sealed;
        return true;
      },
    },
  };
  return { hook, store };
}

describe('the secrets of a webhook', () => {
  it('begin with one, the same for all who need it first', async () => {
    const { hook, store } = scene();
    const first = hook();
    const made = await Promise.all([1, 2, 3].map(() => liveSecrets(store, keys, first, 0)));
    expect(new Set(made.map((secrets) => shown(secrets).join())).size).toBe(1);
    expect(shown(await liveSecrets(store, keys, hook(), 0))).toEqual(shown(made[0] ?? []));
  });

  it('are two while a tenant changes over, then one again', async () => {
    const { hook, store } = scene();
    const [old] = shown(await liveSecrets(store, keys, hook(), 0));
    const next = (await rotateWebhookSecret(store, keys, hook(), { now: 1_000 })).reveal();
    expect(shown(await liveSecrets(store, keys, hook(), 1_001))).toEqual([next, old]);
    expect(shown(await liveSecrets(store, keys, hook(), 1_000 + keepOldSecretMs))).toEqual([next]);
  });

  it('are never more than two: a second change ends the oldest', async () => {
    const { hook, store } = scene();
    await liveSecrets(store, keys, hook(), 0);
    const second = (await rotateWebhookSecret(store, keys, hook(), { now: 0 })).reveal();
    const third = (await rotateWebhookSecret(store, keys, hook(), { now: 0 })).reveal();
    expect(shown(await liveSecrets(store, keys, hook(), 1))).toEqual([third, second]);
    const fourth = (await rotateWebhookSecret(store, keys, hook(), { now: 0, keepMs: 0 })).reveal();
    expect(shown(await liveSecrets(store, keys, hook(), 1))).toEqual([fourth]);
  });

  it('are sealed to their row', async () => {
    const { hook, store } = scene();
    await liveSecrets(store, keys, hook(), 0);
    const elsewhere = { ...hook(), tenantId: 'globex' };
    await expect(liveSecrets(store, keys, elsewhere, 0)).rejects.toThrow();
  });
});
