import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import { startApi, type TestApi } from './testing/start-api.ts';

describe('while Postgres is away', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  it('says 503 with Retry-After to callers and to providers, and recovers by itself', async () => {
    const body = { to: { phone: '+14155550100' } };
    const { json } = await api.call('POST', '/v1/verifications', { token, body });
    const path = `/v1/verifications/${json.id}`;
    await api.wire.cut();

    const calls = [
      api.call('GET', path, { token }),
      api.call('POST', '/v1/verifications', { token, body }),
      api.call('POST', `${path}/next`, { token }),
      api.call('POST', '/webhooks/meta-whatsapp/globex/wa', { body: '{}' }),
      api.call('GET', '/v1/verifications', { token: `${token.slice(0, -1)}0` }),
    ];
    for (const answer of await Promise.all(calls)) {
      expect(answer).toMatchObject({ status: 503, json: { code: 'OTP_UNAVAILABLE' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/postgres|ECONN|127\.0\.0\.1/i);
    }
    const ready = await api.call('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.json.checks).toContainEqual(expect.objectContaining({ name: 'postgres', ok: false }));
    expect((await api.call('GET', '/healthz')).status).toBe(200);

    await api.wire.mend();
    await waitFor('the API to recover', async () => (await api.call('GET', path, { token })).status === 200);
    expect((await api.call('GET', '/readyz')).status).toBe(200);
  });
});
