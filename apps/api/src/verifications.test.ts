import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactEncrypt, importJWK } from 'jose';
import { type Answer, type CallOptions, startApi, type TestApi } from './testing/start-api.ts';

const body = (phone: string, more: object = {}) => ({ to: { phone }, ...more });

describe('/v1/verifications', () => {
  let api: TestApi;
  let token: string;
  const answers: Answer[] = [];
  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const answer = await api.call(method, path, { token, ...options });
    answers.push(answer);
    return answer;
  };
  const create = (phone: string, more: object = {}) =>
    call('POST', '/v1/verifications', { body: body(phone, more) });

  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  it('accepts, and shows what it accepted', async () => {
    const created = await create('+14155550100', { to: { phone: '+14155550100', email: 'ana@example.com' } });
    expect(created.status).toBe(201);
    expect(created.headers.location).toBe(`/v1/verifications/${created.json.id}`);
    expect(created.json).toMatchObject({
      status: 'pending',
      delivery: 'queued',
      purpose: 'auth',
      to: '+1 ••• 00, a•••@example.com',
      channel: 'whatsapp',
      route: ['whatsapp', 'email'],
      deduplicated: false,
    });
    expect(created.json.attempts).toHaveLength(1);
    expect(created.json.attempts[0]).toMatchObject({ channel: 'whatsapp', account: 'wa', state: 'queued' });

    const shown = await call('GET', created.headers.location as string);
    const { deduplicated: _, ...view } = created.json;
    expect(shown).toMatchObject({ status: 200, json: view });

    const timeline = await call('GET', `${created.headers.location}/timeline`);
    expect(timeline.status).toBe(200);
    expect(timeline.json.entries.map((entry: { type: string }) => entry.type)).toEqual([
      'accepted',
      'attempt_queued',
    ]);
  });

  it('keeps a test key away from real providers', async () => {
    const test = (await api.issueKey({ mode: 'test' })).token;
    const { json } = await call('POST', '/v1/verifications', { token: test, body: body('+14155550120') });
    expect(await api.house.store.verification.get('acme', json.id)).toMatchObject({ mode: 'test' });
    const live = await create('+14155550121');
    expect(await api.house.store.verification.get('acme', live.json.id)).toMatchObject({ mode: 'live' });
  });

  it('joins a running verification of the same recipient and purpose', async () => {
    const first = await create('+14155550101');
    const again = await create('+14155550101');
    expect(again).toMatchObject({ status: 200, json: { id: first.json.id, deduplicated: true } });
    expect((await create('+14155550101', { purpose: 'sign_up' })).status).toBe(201);
  });

  it('answers the same Idempotency-Key with the same verification, and another request under it with 409', async () => {
    const headers = { 'idempotency-key': 'order-77' };
    const send = (phone: string, more: object = {}) =>
      call('POST', '/v1/verifications', { headers, body: body(phone, more) });
    const first = await send('+14155550102');
    expect(first.status).toBe(201);
    expect(await send('+14155550102', { idempotencyKey: 'order-77' })).toMatchObject({ status: 200 });
    expect(await send('+14155550103')).toMatchObject({
      status: 409,
      json: { code: 'OTP_IDEMPOTENCY_CONFLICT', problems: [{ path: 'idempotencyKey' }] },
    });
    expect(await send('+14155550102', { idempotencyKey: 'another' })).toMatchObject({
      status: 422,
      json: { code: 'OTP_INVALID_REQUEST', problems: [{ path: 'idempotencyKey' }] },
    });
    const spaced = await call('POST', '/v1/verifications', {
      headers: { 'idempotency-key': 'with space' },
      body: body('+14155550104'),
    });
    expect(spaced.status).toBe(422);
  });

  it.each([
    [{}, 'OTP_INVALID_REQUEST', 'to'],
    [{ to: { phone: '4155550199' } }, 'OTP_INVALID_REQUEST', 'to.phone'],
    [{ to: { phone: '+14155550100' }, colour: 'mauve' }, 'OTP_INVALID_REQUEST', 'colour'],
    [{ to: { phone: '+14155550100' }, purpose: 'payment' }, 'OTP_INVALID_REQUEST', 'context'],
    [{ to: { phone: '+14155550100' }, route: ['voice'] }, 'OTP_NO_ROUTE', 'route'],
    [{ to: { phone: '+14155550100' }, code: '123456' }, 'OTP_PLAINTEXT_CODE', 'code'],
    ['text', 'OTP_INVALID_REQUEST', ''],
    [null, 'OTP_INVALID_REQUEST', ''],
    [[], 'OTP_INVALID_REQUEST', ''],
  ])('refuses %j with the field at fault', async (payload, code, path) => {
    const refused = await call('POST', '/v1/verifications', { body: JSON.stringify(payload) });
    expect(refused).toMatchObject({ status: 422, json: { code, status: 422 } });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.json.problems?.[0]?.path).toBe(path);
    expect(refused.text).not.toMatch(/4155550199|mauve|123456/);
  });

  it('cancels once; what is final stays final', async () => {
    const { json } = await create('+14155550105');
    expect(await call('POST', `/v1/verifications/${json.id}/cancel`)).toMatchObject({
      status: 200,
      json: { status: 'canceled', delivery: 'stopped' },
    });
    expect(await call('POST', `/v1/verifications/${json.id}/cancel`)).toMatchObject({
      status: 200,
      json: { status: 'canceled' },
    });
    for (const command of ['next', 'resend'])
      expect(await call('POST', `/v1/verifications/${json.id}/${command}`)).toMatchObject({
        status: 409,
        json: { code: 'OTP_FINAL' },
      });
  });

  it('moves to the next channel when told to', async () => {
    const { json } = await create('+14155550106', { to: { phone: '+14155550106', email: 'bo@example.com' } });
    const moved = await call('POST', `/v1/verifications/${json.id}/next`, { body: {} });
    expect(moved).toMatchObject({ status: 200, json: { channel: 'email' } });
    expect(moved.json.attempts.map((attempt: { state: string }) => attempt.state)).toEqual([
      'suppressed',
      'queued',
    ]);
    const nothing = await call('POST', `/v1/verifications/${json.id}/resend`);
    expect(nothing).toMatchObject({ status: 409, json: { detail: expect.stringContaining('resend') } });
  });

  it("shows one tenant nothing of another's", async () => {
    const { json } = await create('+14155550107');
    const stranger = (await api.issueKey({ tenantId: 'globex' })).token;
    const path = `/v1/verifications/${json.id}`;
    for (const [method, url] of [
      ['GET', path],
      ['GET', `${path}/timeline`],
      ['POST', `${path}/cancel`],
      ['POST', `${path}/next`],
      ['POST', `${path}/resend`],
    ] as const) {
      const answer = await call(method, url, { token: stranger });
      expect(`${method} ${url} ${answer.status}`).toBe(`${method} ${url} 404`);
    }
    expect((await call('GET', '/v1/verifications', { token: stranger })).json.verifications).toEqual([]);
    expect((await call('GET', path)).json.status).toBe('pending');
  });

  it('lists newest first, page by page, and by status', async () => {
    const owner = (await api.issueKey({ tenantId: 'globex' })).token;
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const made = await call('POST', '/v1/verifications', {
        token: owner,
        body: { to: { email: `${name}@example.com` } },
      });
      ids.unshift(made.json.id);
    }
    await call('POST', `/v1/verifications/${ids[2]}/cancel`, { token: owner });
    const list = async (query: string) => {
      const { json } = await call('GET', `/v1/verifications?${query}`, { token: owner });
      return { ids: json.verifications.map((it: { id: string }) => it.id), before: json.before };
    };
    const first = await list('limit=2');
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await list(`limit=2&before=${first.before}`)).toEqual({ ids: ids.slice(2), before: null });
    expect((await list('status=canceled')).ids).toEqual(ids.slice(2));
    expect((await list(`since=${new Date(Date.now() + 60_000).toISOString()}`)).ids).toEqual([]);
    for (const [query, path] of [
      ['limit=0', 'limit'],
      ['limit=x', 'limit'],
      ['status=gone', 'status'],
      ['since=yesterday', 'since'],
    ])
      expect(await call('GET', `/v1/verifications?${query}`, { token: owner })).toMatchObject({
        status: 422,
        json: { problems: [{ path }] },
      });
  });

  it('never answers with a code, nor logs one', async () => {
    const code = '73918264';
    const { keys } = (await call('GET', '/.well-known/jwks.json')).json;
    const sealedCode = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ code })))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: keys[0]!.kid })
      .encrypt(await importJWK(keys[0]!, 'ECDH-ES'));
    const { status, json } = await create('+14155550108', { sealedCode });
    expect(status).toBe(201);
    await create('+14155550108', { sealedCode, idempotencyKey: 'k1' });
    await create('+14155550109', { sealedCode, idempotencyKey: 'k1' });
    await create('+14155550109', { code });
    for (const what of ['', '/timeline']) await call('GET', `/v1/verifications/${json.id}${what}`);
    for (const what of ['next', 'resend', 'cancel'])
      await call('POST', `/v1/verifications/${json.id}/${what}`);
    await call('GET', '/v1/verifications?limit=200');
    await call('GET', '/metrics', { token: 'a-token-for-the-metrics' });
    const everything = answers.map((answer) => answer.text).join('\n') + api.logged();
    for (const secret of [code, sealedCode, '4155550108']) expect(everything).not.toContain(secret);
  });
});
