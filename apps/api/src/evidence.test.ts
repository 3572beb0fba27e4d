import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evidenceBundle, evidenceKeySet } from '@otp-relay/contracts';
import { transition } from '@otp-relay/core';
import { verifyChain } from '@otp-relay/engine';
import { startApi, type TestApi } from './testing/start-api.ts';

const context = { documentTitle: 'Lease, flat 4', documentHash: 'a0'.repeat(32) };

describe('GET /v1/verifications/{id}/evidence', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  async function ask(purpose: string, phone: string): Promise<string> {
    const body = {
      to: { phone, email: `ana${phone.slice(1)}@example.com` },
      purpose,
      ...(purpose === 'signature' && { context }),
    };
    const { status, json } = await api.call('POST', '/v1/verifications', { token, body });
    expect(status).toBe(201);
    return json.id;
  }
  const approve = (id: string) =>
    api.house.store.ledger.change([id], ({ verification }, now) =>
      transition(verification, { type: 'approved' }, now),
    );

  it('is signed, public in its keys, and the same at every call', async () => {
    const id = await ask('signature', '+14155550101');
    await approve(id);
    const path = `/v1/verifications/${id}/evidence`;
    const answer = await api.call('GET', path, { token });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control'] ?? '').not.toContain('public');
    const bundle = evidenceBundle.parse(answer.json);
    expect(bundle.record).toMatchObject({
      tenant: 'acme',
      verification: { id },
      document: { title: context.documentTitle },
    });
    expect((await api.call('GET', path, { token })).text).toBe(answer.text);

    const published = await api.call('GET', '/.well-known/evidence-keys.json');
    expect(published.status).toBe(200);
    const { keys } = evidenceKeySet.parse(published.json);
    expect(published.text).not.toContain('"d"');
    expect(verifyChain([answer.json], keys)).toMatchObject({ flaws: [], head: bundle.hash });
  });

  it('is refused before the approval, for other purposes, and to strangers', async () => {
    const pending = await ask('signature', '+14155550102');
    const auth = await ask('auth', '+14155550103');
    await approve(auth);
    for (const id of [pending, auth]) {
      const { status, json } = await api.call('GET', `/v1/verifications/${id}/evidence`, { token });
      expect({ status, code: json.code }).toEqual({ status: 409, code: 'OTP_NO_EVIDENCE' });
    }
    const mine = await ask('signature', '+14155550104');
    await approve(mine);
    const stranger = await api.issueKey({ tenantId: 'globex' });
    const path = `/v1/verifications/${mine}/evidence`;
    expect((await api.call('GET', path, { token: stranger.token })).status).toBe(404);
    expect((await api.call('GET', path)).status).toBe(401);
    expect((await api.call('GET', '/v1/verifications/vrf_x/evidence', { token })).status).toBe(404);
  });
});
