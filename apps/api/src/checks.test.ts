import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { purposes } from '@otp-relay/core';
import { type CheckApi, startCheckApi } from './testing/check-api.ts';
import { configure } from './testing/configure.ts';
import { seal } from './testing/seal.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

const contextOf = {
  payment: { amount: '129.90', currency: 'EUR', payee: 'Acme Books' },
  signature: { documentTitle: 'Lease', documentHash: 'a'.repeat(64) },
} as const;

describe('POST /v1/verifications/{id}/check', () => {
  let world: CheckApi;
  beforeAll(async () => {
    world = await startCheckApi();
  }, 90_000);
  afterAll(() => world.stop());

  it.each(purposes)('approves the right code once, whatever it was for: %s', async (purpose) => {
    const context = purpose in contextOf ? contextOf[purpose as keyof typeof contextOf] : undefined;
    const id = await world.ask('736251', { purpose, ...(context && { context }) });
    expect(await world.check(id, '736251', context)).toMatchObject({
      status: 200,
      json: { id, approved: true },
    });
    expect(await world.statusOf(id)).toBe('approved');
    expect(await world.check(id, '736251', context)).toMatchObject({
      status: 422,
      json: { code: 'OTP_CHECK_FAILED' },
    });
    expect(await world.reasons(id)).toEqual(['check_refused used']);
  });

  it.each([
    ['736251', '736 251'],
    ['736251', '７３６-２５１'],
    ['736251', '٧٣٦٢٥١'],
    ['BC2DF3', 'bc2 df3'],
    ['aB3-xY7', 'AB3XY7'],
  ])('takes %s typed as %s', async (code, typed) => {
    expect((await world.check(await world.ask(code), typed)).status).toBe(200);
  });

  it('refuses to take a code of its caller of which nothing is left to compare', async () => {
    const { api, token, somebody } = world;
    const body = { to: { email: somebody() }, sealedCode: await seal(api, '--1--2--') };
    expect(await api.call('POST', '/v1/verifications', { token, body })).toMatchObject({
      status: 422,
      json: { problems: [{ path: 'sealedCode' }] },
    });
  });

  it('denies after five wrong ones; the right one then comes too late', async () => {
    const id = await world.ask('736251');
    for (const wrong of ['000000', '736252', '73625', '7362511', '-'])
      expect((await world.check(id, wrong)).status).toBe(422);
    expect(await world.statusOf(id)).toBe('denied');
    expect((await world.check(id, '736251')).status).toBe(422);
    expect(await world.reasons(id)).toEqual([...Array(5).fill('check_failed code'), 'check_refused denied']);
  });

  it('counts a changed transaction as wrong, and tells the timeline that it was the transaction', async () => {
    const id = await world.ask('736251', { purpose: 'payment', context: contextOf.payment });
    for (const context of [
      undefined,
      { ...contextOf.payment, amount: '129.9' },
      { ...contextOf.payment, payee: 'Acme books' },
      { ...contextOf.payment, more: '' },
    ])
      expect((await world.check(id, '736251', context)).status).toBe(422);
    expect(await world.reasons(id)).toEqual(Array(4).fill('check_failed context'));
    expect((await world.check(id, '736251', contextOf.payment)).status).toBe(200);
  });

  it('tells wrong, expired, used, denied, canceled, unknown, locked and a stranger’s apart to nobody', async () => {
    const { api, ask, check, call, age, somebody } = world;
    const [used, expired, canceled, denied] = [
      await ask('736251'),
      await ask('736251'),
      await ask('736251'),
      await ask('736251'),
    ];
    await check(used, '736251');
    await age(expired, 600_000);
    await call('POST', `/v1/verifications/${canceled}/cancel`);
    for (let n = 0; n < 5; n += 1) await check(denied, '000000');
    const to = { email: somebody() };
    for (let n = 0; n < 4; n += 1) {
      const id = await ask('736251', { to });
      await Promise.all(Array.from({ length: 5 }, () => check(id, '000000')));
    }
    const locked = await ask('736251', { to });
    const strangers = (await api.issueKey({ tenantId: 'globex' })).token;
    const test = (await api.issueKey({ mode: 'test' })).token;
    const live = await ask('736251');
    const failed = [
      await check(await ask('736251'), '000000'),
      await check(used, '736251'),
      await check(expired, '736251'),
      await check(canceled, '736251'),
      await check(denied, '736251'),
      await check(locked, '736251'),
      await check('vrf_00000000000000000000000000', '736251'),
      await check('nothing', '736251'),
      await check(live, '736251', undefined, { token: strangers }),
      await check(live, '736251', undefined, { token: test }),
    ];
    const shown = failed.map(({ status, text, headers }) => {
      const { date: _, 'x-request-id': __, ...rest } = headers;
      return JSON.stringify({ status, text, headers: rest });
    });
    expect(new Set(shown).size).toBe(1);
    expect(failed[0]).toMatchObject({
      status: 422,
      text: JSON.stringify({
        type: 'https://otp-relay.dev/problems/OTP_CHECK_FAILED',
        title: 'The code is not right, or no longer works',
        status: 422,
        code: 'OTP_CHECK_FAILED',
      }),
    });
    expect(await world.reasons(locked)).toEqual(['check_refused locked_for_today']);
    expect(await world.statusOf(live)).toBe('pending');
    expect((await check(live, '736251')).status).toBe(200);
  });

  it('is not spent by a body that is no check at all', async () => {
    const id = await world.ask('736251');
    for (const [body, field] of [
      [{}, 'code'],
      [{ code: 736251 }, 'code'],
      [{ code: '7'.repeat(65) }, 'code'],
      [{ code: '736251', context: 'x' }, 'context'],
      [{ code: '736251', more: 1 }, 'more'],
      [[], ''],
    ] as const)
      expect(await world.call('POST', `/v1/verifications/${id}/check`, { body })).toMatchObject({
        status: 422,
        json: { code: 'OTP_INVALID_REQUEST', problems: [{ path: field }] },
      });
    expect((await world.check(id, '736251')).status).toBe(200);
    expect(await world.reasons(id)).toEqual([]);
  });

  it('tells how many tries are left only where the tenant wants it', async () => {
    const { api, check } = world;
    await configure(api, 'initech', { codes: { attemptsRemaining: 'told' } });
    const { token } = await api.issueKey({ tenantId: 'initech' });
    const { json } = await api.call('POST', '/v1/verifications', {
      token,
      body: { to: { phone: '+14155550133' }, sealedCode: await seal(api, '736251') },
    });
    const remaining = async (id: string) =>
      (await check(id, '000000', undefined, { token })).json.attemptsRemaining;
    for (const left of [4, 3, 2, 1, 0, 0]) expect(await remaining(json.id)).toBe(left);
    expect(await remaining('vrf_00000000000000000000000000')).toBe(0);
  });

  it('makes codes as the tenant wants them for a purpose', async () => {
    const { api } = world;
    const sign = { length: 8, alphabet: 'letters_digits', lifeMs: 120_000, maxChecks: 2 };
    await configure(api, 'globex', { codes: { purposes: { sign_up: sign } } });
    const { token } = await api.issueKey({ tenantId: 'globex' });
    const made = await api.call('POST', '/v1/verifications', {
      token,
      body: { to: { email: 'ana@example.com' }, purpose: 'sign_up' },
    });
    const { createdAt, expiresAt, id } = made.json;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(120_000);
    for (let n = 0; n < 2; n += 1) await world.check(id, '00000000', undefined, { token });
    const view = await api.house.store.verification.get('globex', id);
    expect(view?.verification).toMatchObject({ status: 'denied', maxChecks: 2, failedChecks: 2 });
  });

  it('needs the scope check, which a key for sending alone has not', async () => {
    const { api, check, ask } = world;
    const id = await ask('736251');
    const sender = (await api.issueKey({ scopes: ['send', 'read'] })).token;
    const checker = (await api.issueKey({ scopes: ['check'] })).token;
    expect((await check(id, '736251', undefined, { token: sender })).status).toBe(403);
    expect((await check(id, '736251', undefined, { token: checker })).status).toBe(200);
  });
});

describe('what people do beside checking', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    await configure(api, 'acme', { limits: { recipient: null } });
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  const call = (method: string, path: string, body?: object) =>
    api.call(method, path, { token, ...(body && { body }) });
  const create = (to: object, more: object = {}) => call('POST', '/v1/verifications', { to, ...more });

  it('"I have no WhatsApp": the next verifications leave the channel out, when another is left', async () => {
    const to = { phone: '+14155550140', email: 'ana@example.com' };
    const first = await create(to);
    expect(first.json.route).toEqual(['whatsapp', 'email']);
    expect(await call('POST', `/v1/verifications/${first.json.id}/next`)).toMatchObject({ status: 200 });
    await call('POST', `/v1/verifications/${first.json.id}/cancel`);
    const second = await create(to);
    expect(second.json.route).toEqual(['email']);
    const entries = (await call('GET', `/v1/verifications/${second.json.id}/timeline`)).json.entries;
    expect(entries[0]).toMatchObject({ type: 'accepted', detail: { leftOut: 'whatsapp' } });
    await call('POST', `/v1/verifications/${second.json.id}/cancel`);
    // Nothing else reaches them, or they are asked for it by name.
    expect((await create({ phone: '+14155550140' })).json.route).toEqual(['whatsapp', 'email']);
    expect((await create(to, { purpose: 'sign_up', route: ['whatsapp', 'email'] })).json.route).toEqual([
      'whatsapp',
      'email',
    ]);
    // Another person is another matter.
    expect((await create({ ...to, phone: '+14155550141' })).json.route).toEqual(['whatsapp', 'email']);
  });

  it('leaves an attempt once, however often it is asked to leave it', async () => {
    const { id, attempts } = (await create({ phone: '+14155550144', email: 'cy@example.com' })).json;
    const [first] = attempts;
    const leave = (attempt?: string) =>
      call('POST', `/v1/verifications/${id}/next`, { attempt, remember: false });
    for (let n = 0; n < 3; n += 1)
      expect(await leave(first?.id)).toMatchObject({ status: 200, json: { channel: 'email' } });
    expect((await leave('att_nothing')).json.code).toBe('OTP_NOTHING_TO_DO');
    const stranger = (await api.issueKey({ tenantId: 'globex' })).token;
    const body = { attempt: first?.id };
    expect((await api.call('POST', `/v1/verifications/${id}/next`, { token: stranger, body })).status).toBe(
      404,
    );
    await call('POST', `/v1/verifications/${id}/cancel`);
    expect((await leave(first?.id)).json.code).toBe('OTP_FINAL');
  });

  it('forgets the channel when it is told to', async () => {
    const to = { phone: '+14155550142', email: 'bo@example.com' };
    const { id } = (await create(to)).json;
    expect(await call('POST', `/v1/verifications/${id}/next`, { remember: 'x' })).toMatchObject({
      status: 422,
      json: { problems: [{ path: 'remember' }] },
    });
    expect((await call('POST', `/v1/verifications/${id}/next`, { remember: false })).status).toBe(200);
    await call('POST', `/v1/verifications/${id}/cancel`);
    expect((await create(to)).json.route).toEqual(['whatsapp', 'email']);
  });

  it('feedback ends what is pending, is never an approval, and counts as it was said last', async () => {
    const { id } = (await create({ phone: '+14155550143' })).json;
    const path = `/v1/verifications/${id}`;
    expect((await call('POST', `${path}/feedback`, {})).status).toBe(422);
    expect(await call('POST', `${path}/feedback`, { converted: false })).toMatchObject({
      json: { status: 'pending' },
    });
    for (let n = 0; n < 2; n += 1)
      expect(await call('POST', `${path}/feedback`, { converted: true })).toMatchObject({
        status: 200,
        json: { status: 'canceled' },
      });
    const types = (await call('GET', `${path}/timeline`)).json.entries.map(({ type }) => type);
    expect(types.filter((type) => type === 'feedback')).toHaveLength(2);
    expect(await api.house.store.feedback.get('acme', id)).toBe(true);
    const unknown = '/v1/verifications/vrf_00000000000000000000000000/feedback';
    expect((await call('POST', unknown, { converted: true })).status).toBe(404);
    const stranger = (await api.issueKey({ tenantId: 'globex' })).token;
    expect(
      (await api.call('POST', `${path}/feedback`, { token: stranger, body: { converted: false } })).status,
    ).toBe(404);
  });
});
