import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@otp-relay/runtime';
import { waitFor } from '@otp-relay/testkit';
import { createAuthenticator } from './authenticate.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

describe('createAuthenticator', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  }, 90_000);
  afterAll(() => api.stop());

  it('forgets within five seconds, so that a revoked key stops working', async () => {
    let now = 0;
    const { store } = api.house;
    const log = createLogger({ name: 'test', level: 'silent' });
    const { authenticate } = createAuthenticator({ ...api.house, log }, () => now);
    const { id, token } = await api.issueKey({ mode: 'test', scopes: ['read'] });
    const header = `Bearer ${token}`;

    expect(await authenticate(header)).toEqual({
      tenantId: 'acme',
      keyId: id,
      mode: 'test',
      scopes: ['read'],
    });
    await store.apiKeys.revoke('acme', id);
    now += 2_999;
    expect(await authenticate(header)).toBeDefined();
    now += 1;
    expect(await authenticate(header)).toBeUndefined();
    await waitFor('its use to be noted', async () =>
      (await store.apiKeys.list('acme')).some((key) => key.id === id && key.lastUsedAt !== null),
    );
  });

  it('lets Postgres say when a key ends, whatever the time is here', async () => {
    let now = 0;
    const log = createLogger({ name: 'test', level: 'silent' });
    const { authenticate } = createAuthenticator({ ...api.house, log }, () => now);
    const { token } = await api.issueKey({ expiresAt: (await api.house.store.now()) + 1_500 });
    expect(await authenticate(`Bearer ${token}`)).toBeDefined();
    // Remembered no longer than it works, and then looked up again: it still does.
    now += 1_500;
    expect(await authenticate(`Bearer ${token}`)).toBeDefined();
    await waitFor('the key to end', async () => {
      now += 1_500;
      return (await authenticate(`Bearer ${token}`)) === undefined;
    });
  });
});
