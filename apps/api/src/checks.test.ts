import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { purposes } from '@otp-relay/core';
import pg from 'pg';
import { routes } from './routes.ts';
import { configure } from './testing/configure.ts';
import { seal } from './testing/seal.ts';
import { type Answer, type CallOptions, startApi, type TestApi } from './testing/start-api.ts';

const contextOf = {
  payment: { amount: '129.90', currency: 'EUR', payee: 'Acme Books' },
  signature: { documentTitle: 'Lease', documentHash: 'a'.repeat(64) },
} as const;

/** Codes are guarded without any limiter's help. */
const unlimited = { limits: { recipient: null } };

describe('POST /v1/verifications/{id}/check', () => {
  let api: TestApi;
  let token: string;
  let database: pg.Client;
  let people = 0;
  const answers: Answer[] = [];

  beforeAll(async () => {
    api = await startApi();
    await configure(api, 'acme', unlimited);
    ({ token } = await api.issueKey());
    database = new pg.Client({ connectionString: api.wire.url });
    database.on('error', () => undefined);
    await database.connect();
  }, 90_000);
  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const answer = await api.call(method, path, { token, ...options });
    answers.push(answer);
    return answer;
  };
  const somebody = (): string => {
    people += 1;
    return `person-${people}@example.com`;
  };
  const ask = async (code: string, more: object = {}): Promise<string> => {
    const body = { to: { email: somebody() }, sealedCode: await seal(api, code), ...more };
    const created = await api.call('POST', '/v1/verifications', { token, body });
    if (created.status !== 201) throw new Error(`${created.status} ${created.text}`);
    return created.json.id;
  };
  const check = (id: string, code: string, context?: object, options: CallOptions = {}) =>
    call('POST', `/v1/verifications/${id}/check`, {
      body: { code, ...(context && { context }) },
      ...options,
    });
  const timeline = async (id: string) =>
    (await api.call('GET', `/v1/verifications/${id}/timeline`, { token })).json.entries;
  const reasons = async (id: string) =>
    (await timeline(id))
      .filter(({ type }) => type.startsWith('check_'))
      .map(({ type, detail }) => `${type} ${detail.reason}`);
  const statusOf = async (id: string) =>
    (await api.call('GET', `/v1/verifications/${id}`, { token })).json.status;
  /** As though this long had passed since it was asked for. */
  const age = (id: string, ms: number) =>
    database.query(
      `update otp.verifications set created_at = created_at - $2, expires_at = expires_at - $2,
        deadline_at = deadline_at - $2 where id = $1`,
      [id, ms],
    );

  it.each(purposes)('approves the right code once, whatever it was for: %s', async (purpose) => {
    const context = purpose in contextOf ? contextOf[purpose as keyof typeof contextOf] : undefined;
    const id = await ask('736251', { purpose, ...(context && { context }) });
    expect(await check(id, '736251', context)).toMatchObject({ status: 200, json: { id, approved: true } });
    expect(await statusOf(id)).toBe('approved');
    // A recovery code that is not used up, a replay inside the window: other products had both.
    for (let again = 0; again < 3; again += 1)
      expect(await check(id, '736251', context)).toMatchObject({
        status: 422,
        json: { code: 'OTP_CHECK_FAILED' },
      });
    expect(await reasons(id)).toEqual(Array(3).fill('check_refused used'));
  });

  it.each([
    ['736251', '736 251'],
    ['736251', '７３６-２５１'],
    ['736251', '٧٣٦٢٥١'],
    ['BC2DF3', 'bc2 df3'],
  ])('takes %s typed as %s', async (code, typed) => {
    expect((await check(await ask(code), typed)).status).toBe(200);
  });

  it('denies after five wrong ones; the right one then comes too late', async () => {
    const id = await ask('736251');
    for (const wrong of ['000000', '736252', '73625', '7362511', '']) {
      const answer = await check(id, wrong || '-');
      expect(answer.status).toBe(422);
    }
    expect(await statusOf(id)).toBe('denied');
    expect((await check(id, '736251')).status).toBe(422);
    expect(await reasons(id)).toEqual([...Array(5).fill('check_failed code'), 'check_refused denied']);
  });

  it('counts a changed transaction as wrong, and tells the timeline that it was the transaction', async () => {
    const id = await ask('736251', { purpose: 'payment', context: contextOf.payment });
    for (const context of [
      undefined,
      { ...contextOf.payment, amount: '129.9' },
      { ...contextOf.payment, payee: 'Acme books' },
      { ...contextOf.payment, more: '' },
    ])
      expect((await check(id, '736251', context)).status).toBe(422);
    expect(await reasons(id)).toEqual(Array(4).fill('check_failed context'));
    expect((await check(id, '736251', contextOf.payment)).status).toBe(200);
  });

  it('ends by the clock of Postgres, to the millisecond', async () => {
    const live = await ask('736251', { lifeMs: 60_000 });
    await age(live, 50_000);
    expect((await check(live, '736251')).status).toBe(200);
    const over = await ask('736251', { lifeMs: 60_000 });
    await age(over, 60_000);
    expect((await check(over, '736251')).status).toBe(422);
    expect(await statusOf(over)).toBe('expired');
    expect(await reasons(over)).toEqual(['check_refused expired']);
  });

  it('compares at most five of two hundred guesses at once, and approves at most one of a hundred right ones', async () => {
    const guessed = await ask('736251');
    const wrong = await Promise.all(
      Array.from({ length: 200 }, (_, n) => check(guessed, String(100_000 + n))),
    );
    expect(wrong.every(({ status }) => status === 422)).toBe(true);
    const told = await reasons(guessed);
    expect(told.filter((line) => line === 'check_failed code')).toHaveLength(5);
    const typed = await ask('736251');
    const right = await Promise.all(Array.from({ length: 100 }, () => check(typed, '736251')));
    expect(right.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await timeline(typed)).filter(({ type }) => type === 'approved')).toHaveLength(1);
  });

  it('tells wrong, expired, used, denied, canceled, unknown, locked and a stranger’s apart to nobody', async () => {
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
      for (let m = 0; m < 5; m += 1) await check(id, '000000');
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
    expect(await reasons(locked)).toEqual(['check_refused locked_for_today']);
    expect(await statusOf(live)).toBe('pending');
    expect((await check(live, '736251')).status).toBe(200);
  });

  it('stays locked over new verifications, resends and routes, for that purpose only', async () => {
    const to = { email: somebody() };
    for (let n = 0; n < 4; n += 1) {
      const id = await ask('736251', { to });
      await call('POST', `/v1/verifications/${id}/resend`);
      await call('POST', `/v1/verifications/${id}/next`);
      for (let m = 0; m < 5; m += 1) await check(id, '000000');
    }
    expect((await check(await ask('736251', { to }), '736251')).status).toBe(422);
    expect((await check(await ask('736252', { to, route: ['email'] }), '736252')).status).toBe(422);
    expect((await check(await ask('736251', { to, purpose: 'sign_up' }), '736251')).status).toBe(200);
  });

  it('is not spent by a body that is no check, and no GET or HEAD of a scanner uses the code up', async () => {
    const id = await ask('736251');
    const path = `/v1/verifications/${id}/check`;
    for (const [body, field] of [
      [{}, 'code'],
      [{ code: 736251 }, 'code'],
      [{ code: '7'.repeat(65) }, 'code'],
      [{ code: '736251', context: 'x' }, 'context'],
      [{ code: '736251', more: 1 }, 'more'],
      [[], ''],
    ] as const)
      expect(await call('POST', path, { body })).toMatchObject({
        status: 422,
        json: { code: 'OTP_INVALID_REQUEST', problems: [{ path: field }] },
      });
    for (let n = 0; n < 100; n += 1)
      expect((await call(n % 2 ? 'GET' : 'HEAD', `${path}?code=736251`)).status).toBe(405);
    expect((await check(id, '736251')).status).toBe(200);
    expect(await reasons(id)).toEqual([]);
  });

  it('tells how many tries are left only where the tenant wants it', async () => {
    await configure(api, 'initech', { ...unlimited, codes: { attemptsRemaining: 'told' } });
    const own = (await api.issueKey({ tenantId: 'initech' })).token;
    const created = await api.call('POST', '/v1/verifications', {
      token: own,
      body: { to: { phone: '+14155550133' }, sealedCode: await seal(api, '736251') },
    });
    const remaining = async (id: string) =>
      (await check(id, '000000', undefined, { token: own })).json.attemptsRemaining;
    for (const left of [4, 3, 2, 1, 0, 0]) expect(await remaining(created.json.id)).toBe(left);
    expect(await remaining('vrf_00000000000000000000000000')).toBe(0);
  });

  it('needs the scope check, which a key for sending alone has not', async () => {
    const id = await ask('736251');
    const sender = (await api.issueKey({ scopes: ['send', 'read'] })).token;
    const checker = (await api.issueKey({ scopes: ['check'] })).token;
    expect((await check(id, '736251', undefined, { token: sender })).status).toBe(403);
    expect((await check(id, '736251', undefined, { token: checker })).status).toBe(200);
  });

  it('is the one route that consumes a code: another would need the same races run against it', () => {
    const consuming = routes.filter(({ access }) => access === 'check').map(({ url }) => url);
    expect(consuming).toEqual(['/v1/verifications/:id/check']);
  });

  it('never says the code, nor writes it to a log, whatever was asked', () => {
    const everything = answers.map(({ text }) => text).join('\n') + api.logged();
    for (const secret of ['736251', 'BC2DF3', 'bc2 df3', '736 251']) expect(everything).not.toContain(secret);
  });
});

describe('what people do beside checking', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    await configure(api, 'acme', unlimited);
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
