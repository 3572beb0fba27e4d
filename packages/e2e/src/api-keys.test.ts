import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiKeyScopes, issueApiKey } from '@otp-relay/engine';
import { freePort, type RunningProcess, startProcess, waitFor } from '@otp-relay/testkit';
import { appEntry, describeWorld, phoneBook } from './world/index.ts';

describeWorld('API keys', (world) => {
  describe('at two api processes', () => {
    const phone = phoneBook();
    let second: RunningProcess;
    let urls: readonly string[];

    beforeAll(async () => {
      const port = await freePort();
      second = await startProcess({
        args: [appEntry('api')],
        env: { ...world().env, PORT: String(port) },
        readyWhen: /"msg":"ready"/,
      });
      urls = [world().apiUrl, `http://127.0.0.1:${port}`];
    }, 60_000);
    afterAll(() => second.stop());

    const issue = async (mode: 'live' | 'test' = 'live'): Promise<{ id: string; token: string }> => {
      const { store, pepper } = world().house;
      const scopes = apiKeyScopes.filter((scope) => mode === 'live' || scope !== 'admin');
      const { tenantId } = world();
      const { id, secret } = await issueApiKey(store, pepper, { tenantId, name: 'test', mode, scopes });
      return { id, token: secret.reveal() };
    };
    const call = (url: string, token: string, method = 'GET', path = '/v1/verifications', body?: object) =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });

    it('a revoked key is refused by every process within five seconds, however often it was used', async () => {
      const { id, token } = await issue();
      const admin = await issue();
      for (const url of urls) expect((await call(url, token)).status).toBe(200);

      const path = `/v1/tenants/${world().tenantId}/keys/${id}`;
      const revokedAt = Date.now();
      expect((await call(urls[0] ?? '', admin.token, 'DELETE', path)).status).toBe(200);
      const lateness = await Promise.all(
        urls.map((url) =>
          waitFor(
            'the key to be refused',
            async () => {
              const askedAt = Date.now();
              return (await call(url, token)).status === 401 ? askedAt - revokedAt : undefined;
            },
            { timeoutMs: 8_000, everyMs: 50 },
          ),
        ),
      );
      for (const ms of lateness) expect(ms).toBeLessThanOrEqual(5_000);
      for (const url of urls) expect((await call(url, token)).status).toBe(401);
    }, 20_000);

    it('a test key walks the whole route and reaches no provider', async () => {
      const { token } = await issue('test');
      // Numbers that every provider would take, refuse, or leave without an answer.
      const people = [phone('00', '00'), phone('02', '02'), phone('05', '05')];
      const ids = await Promise.all(
        people.map(async (to) => {
          const body = { to: { phone: to, email: `test.key.${to.slice(1)}@example.test` }, purpose: 'auth' };
          const answer = await call(urls[0] ?? '', token, 'POST', '/v1/verifications', body);
          expect(answer.status).toBe(201);
          return ((await answer.json()) as { id: string }).id;
        }),
      );
      for (const id of ids)
        await waitFor(
          'the route to come to its end',
          async () => {
            const answer = await call(urls[1] ?? '', token, 'GET', `/v1/verifications/${id}`);
            const { delivery } = (await answer.json()) as { delivery: string };
            return ['unconfirmed', 'delivered', 'exhausted'].includes(delivery);
          },
          { timeoutMs: 20_000 },
        );
      for (const command of ['resend', 'next', 'cancel'])
        for (const id of ids)
          await call(urls[1] ?? '', token, 'POST', `/v1/verifications/${id}/${command}`, {});
      const attempts = new Set(ids.map((id) => id.slice(4)));
      const calls = await world().simulator.calls({ limit: 10_000 });
      const theirs = calls.filter(
        ({ attemptId, to }) =>
          people.includes(to) || to.startsWith('test.key') || attempts.has(attemptId?.split('_')[1] ?? ''),
      );
      expect(theirs).toEqual([]);
      for (const to of people) expect(await world().simulator.messages({ to })).toEqual([]);

      // The same person with a live key is reached: the simulator would have told.
      const live = await call(urls[0] ?? '', world().apiKey, 'POST', '/v1/verifications', {
        to: { phone: phone('00', '00') },
      });
      expect(live.status).toBe(201);
      await waitFor(
        'a call to be seen',
        async () => (await world().simulator.calls({ limit: 10_000 })).length > 0,
      );
    }, 60_000);
  });
});
