import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyTenants, readTenantsFile } from '@otp-relay/engine';
import { waitFor } from '@otp-relay/testkit';
import { startApi, type TestApi } from './testing/start-api.ts';
import { tenants } from './testing/tenants.ts';

let api: TestApi;
let token: string;

const acme = {
  ...tenants.acme,
  abuse: {},
  limits: { recipient: null },
  route: [
    { channel: 'whatsapp', account: 'wa' },
    { channel: 'sms', account: 'sms' },
  ],
};
const call = (method: string, path: string, body?: object) =>
  api.call(method, `/v1/verifications${path}`, { token, ...(body && { body }) });
const create = (phone: string, more: object = {}) => call('POST', '', { to: { phone }, ...more });
const decisions = () => api.house.store.abuse.decisions('acme', { since: 0, limit: 10 });
const pumped = { code: 'OTP_SUSPECTED_ABUSE' };

/** A range of numbers that a rule degraded since. */
async function degrade(prefix: string): Promise<void> {
  const { pepper, store } = api.house;
  const key = pepper.addressKey('', 'phone', `range ${prefix}`);
  const until = Date.now() + 3_600_000;
  await store.abuse.block(
    [{ tenantId: 'acme', key, rule: 'provider_fraud', name: prefix, until, detail: {} }],
    Date.now(),
  );
}

beforeAll(async () => {
  api = await startApi();
  const file = readTenantsFile({ tenants: { acme } });
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  await applyTenants(api.house.store, api.house.keys, file.file);
  ({ token } = await api.issueKey());
  await waitFor(
    'the rules',
    async () => (await api.engine.tenants.get('acme'))?.config.abuse.mode !== 'allow',
  );
}, 90_000);
afterAll(() => api.stop());

describe('rules against abuse', () => {
  it('hold for the next channel and for a resend, for what came up since, and tell of which verification', async () => {
    const { id } = (await create('+14155560001')).json;
    const other = (await create('+14155560002')).json.id;
    const { json: moved } = await call('POST', `/${other}/next`, { remember: false });
    expect(moved.attempts.map(({ channel }) => channel)).toEqual(['whatsapp', 'sms']);
    expect(await decisions()).toEqual([]);

    await degrade('+1415556');
    expect(await call('POST', `/${id}/next`)).toMatchObject({ status: 403, json: pumped });
    expect((await call('GET', `/${id}`)).json.attempts).toMatchObject([{ channel: 'whatsapp' }]);
    const attempt = moved.attempts[1]?.id ?? '';
    const { corridor } = api.engine;
    await corridor.apply({ id: other, event: { type: 'started', attemptId: attempt, claim: 'here' } });
    await corridor.apply({
      id: other,
      event: { type: 'accepted', attemptId: attempt, claim: 'here', providerRef: 'SM1' },
    });
    expect(await call('POST', `/${other}/resend`)).toMatchObject({ status: 403, json: pumped });
    const reasons = [{ rule: 'provider_fraud', mode: 'degrade', detail: { standing: true } }];
    expect(await decisions()).toMatchObject([
      { outcome: 'refused', verificationId: other, reasons },
      { outcome: 'refused', verificationId: id, reasons },
    ]);

    const left = (await create('+14155560003')).json;
    expect(left.route).toEqual(['whatsapp']);
    expect(await decisions()).toMatchObject([{ outcome: 'degraded', verificationId: left.id }, {}, {}]);
    await api.house.store.abuse.lift('acme', '+1415556');
    expect((await call('POST', `/${other}/resend`)).status).toBe(200);
    expect((await call('POST', `/${id}/next`)).status).toBe(200);
  });

  it('a person gets three codes an hour that nobody approves; asking again for the running one costs none', async () => {
    const phone = '+14155570001';
    for (let made = 0; made < 3; made += 1) {
      const { status, json } = await create(phone);
      expect(status).toBe(201);
      for (let again = 0; again < 3; again += 1) expect((await create(phone)).status).toBe(200);
      await call('POST', `/${json.id}/cancel`);
    }
    expect(await create(phone)).toMatchObject({ status: 403, json: pumped });
    expect(await create(phone, { purpose: 'sign_up' })).toMatchObject({ status: 403 });
    expect((await decisions())[0]).toMatchObject({
      verificationId: null,
      reasons: [{ rule: 'unapproved', mode: 'block', detail: { unapproved: 3 } }],
    });
    expect((await create('+14155571234')).status).toBe(201);
  });

  it('while somebody guesses at many, every check says so', async () => {
    const guess = (n: number) =>
      call('POST', `/vrf_${String(n).padStart(26, '0')}/check`, { code: '000000' });
    const quiet = await guess(0);
    expect(quiet).toMatchObject({ status: 422, json: { code: 'OTP_CHECK_FAILED' } });
    expect(quiet.json).not.toHaveProperty('guessing');
    await Promise.all(Array.from({ length: 210 }, (_, n) => guess(n)));
    await waitFor('the alarm', async () =>
      (await api.house.store.abuse.blocks('acme')).some(({ rule }) => rule === 'wrong_checks'),
    );
    expect((await guess(1)).json).toMatchObject({ code: 'OTP_CHECK_FAILED', guessing: true });
    expect((await decisions())[0]).toMatchObject({
      outcome: 'monitored',
      recipientMasked: 'everybody',
      reasons: [{ rule: 'wrong_checks', mode: 'monitor' }],
    });
    expect((await create('+14155580001')).status).toBe(201);
  });
});
