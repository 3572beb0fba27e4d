import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallOptions, startApi, type TestApi } from '../testing/start-api.ts';

const operatorToken = 'the-token-of-the-operator-of-this-test';

const twilio = {
  provider: 'twilio-sms',
  settings: { accountSid: `AC${'b2'.repeat(16)}`, from: '+15005550006' },
  credentials: { authToken: 'a-token-nobody-may-see' },
};
const umbrella = {
  name: 'Umbrella',
  brand: 'Umbrella',
  countries: ['US'],
  accounts: { sms: twilio },
  route: [{ channel: 'sms', account: 'sms' }],
};

describe('the administration', () => {
  let api: TestApi;
  let admin: string;
  const asOperator = (method: string, path: string, options: CallOptions = {}) =>
    api.call(method, path, { token: operatorToken, ...options });
  const asAcme = (method: string, path: string, options: CallOptions = {}) =>
    api.call(method, path, { token: admin, ...options });

  beforeAll(async () => {
    api = await startApi({ OTP_ADMIN_TOKEN: operatorToken });
    admin = (await api.issueKey({ scopes: ['admin'], name: 'admin' })).token;
  }, 90_000);
  afterAll(() => api.stop());

  it('creates a tenant, tells what a change would do before doing it, and never shows a credential', async () => {
    const dry = await asOperator('PUT', '/v1/tenants/umbrella?dryRun=true', { body: umbrella });
    expect(dry).toMatchObject({ status: 200, json: { change: 'created', dryRun: true } });
    expect((await asOperator('GET', '/v1/tenants/umbrella')).status).toBe(404);

    const made = await asOperator('PUT', '/v1/tenants/umbrella', { body: umbrella });
    expect(made).toMatchObject({ status: 201, json: { change: 'created', dryRun: false, version: 1 } });
    const shown = await asOperator('GET', '/v1/tenants/umbrella');
    expect(shown.headers.etag).toBe('"1"');
    expect(JSON.parse(shown.text).accounts.sms.credentials).toEqual({ authToken: '[sealed]' });

    // What was read can be put back, and nothing changes: the stored credential stays.
    const again = await asOperator('PUT', '/v1/tenants/umbrella', { body: JSON.parse(shown.text) });
    expect(again).toMatchObject({ status: 200, json: { change: 'unchanged', lines: [] } });
    const renamed = { ...JSON.parse(shown.text), brand: 'Umbrella Inc' };
    const told = await asOperator('PUT', '/v1/tenants/umbrella?dryRun=true', { body: renamed });
    expect(JSON.parse(told.text).lines).toEqual(['~ tenant umbrella', '  ~ brand: Umbrella → Umbrella Inc']);
    for (const answer of [dry, made, shown, again, told]) expect(answer.text).not.toContain('nobody-may-see');
  });

  it('refuses a change based on what is no longer so', async () => {
    await asOperator('PUT', '/v1/tenants/etag', { body: umbrella });
    const changed = { ...umbrella, brand: 'Second' };
    const options = (version: string) => ({ body: changed, headers: { 'if-match': version } });
    expect((await asOperator('PUT', '/v1/tenants/etag', options('"7"'))).json).toMatchObject({
      status: 412,
      code: 'OTP_CHANGED',
    });
    const done = await asOperator('PUT', '/v1/tenants/etag', options('"1"'));
    expect(done).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    const fresh = { body: umbrella, headers: { 'if-none-match': '*' } };
    expect((await asOperator('PUT', '/v1/tenants/etag', fresh)).status).toBe(412);
  });

  it('changes accounts and the route on their own', async () => {
    const put = await asAcme('PUT', '/v1/tenants/acme/accounts/second', { body: twilio });
    expect(put).toMatchObject({ status: 200, json: { change: 'changed' } });
    expect(JSON.parse((await asAcme('GET', '/v1/tenants/acme/accounts/second')).text)).toEqual({
      ...twilio,
      credentials: { authToken: '[sealed]' },
    });
    const route = { route: [{ channel: 'sms', account: 'second', timeoutMs: 9_000 }] };
    expect((await asAcme('PUT', '/v1/tenants/acme/route', { body: route })).status).toBe(200);
    expect((await asAcme('GET', '/v1/tenants/acme/route')).json).toEqual({ ...route, overrides: [] });

    const needed = await asAcme('DELETE', '/v1/tenants/acme/accounts/second');
    expect(needed.json).toMatchObject({ status: 422, problems: [{ path: 'route.0.account' }] });
    const back = { route: [{ channel: 'email', account: 'mail' }] };
    await asAcme('PUT', '/v1/tenants/acme/route', { body: back });
    expect((await asAcme('DELETE', '/v1/tenants/acme/accounts/second')).status).toBe(200);
    for (const gone of ['second', 'constructor', '__proto__'])
      expect((await asAcme('GET', `/v1/tenants/acme/accounts/${gone}`)).status).toBe(404);
  });

  it('names every invalid field as the caller wrote it', async () => {
    const body = { provider: 'twilio-sms', settings: { accountSid: 'x' }, credentials: {} };
    const { status, json } = await asAcme('PUT', '/v1/tenants/acme/accounts/broken', { body });
    expect(status).toBe(422);
    expect(json.problems?.map(({ path }) => path).sort()).toEqual([
      'credentials.authToken',
      'settings.accountSid',
    ]);
    for (const nonsense of [[], null, 3, '"text"', { tenants: {} }])
      expect((await asOperator('PUT', '/v1/tenants/acme', { body: nonsense })).status).toBe(422);
  });

  it('leaves it to the operator where providers are', async () => {
    const places: [string, object][] = [
      ['baseUrl', { ...twilio, settings: { ...twilio.settings, baseUrl: 'http://169.254.169.254' } }],
      ...['127.0.0.1', 'localhost', '10.0.0.7', '::1', 'redis', 'mail.internal', '2130706433', '0x7f.1'].map(
        (host): [string, object] => [
          'host',
          { provider: 'smtp-email', settings: { host, from: 'a@acme.example' }, credentials: {} },
        ],
      ),
      [
        'port',
        {
          provider: 'smtp-email',
          settings: { host: 'mail.acme.com', port: 6379, from: 'a@acme.example' },
          credentials: {},
        },
      ],
    ];
    for (const [field, body] of places) {
      const { json } = await asAcme('PUT', '/v1/tenants/acme/accounts/inside', { body });
      expect(json).toMatchObject({ status: 422, problems: [{ path: `settings.${field}` }] });
    }
    const [, own] = places[0]!;
    expect((await asOperator('PUT', '/v1/tenants/globex/accounts/lab', { body: own })).status).toBe(200);
    // What the operator set stays when the tenant changes something else.
    const shown = JSON.parse((await asAcme('GET', '/v1/tenants/acme')).text);
    expect((await asAcme('PUT', '/v1/tenants/acme', { body: { ...shown, brand: 'ACME' } })).status).toBe(200);
  });

  it('makes, lists, replaces and revokes keys; a secret is shown once', async () => {
    const body = { name: 'login', scopes: ['read'], expiresAt: new Date(Date.now() + 60_000).toISOString() };
    const made = await asAcme('POST', '/v1/tenants/acme/keys', { body });
    expect(made).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
    const { id, secret } = JSON.parse(made.text);
    expect(secret).toMatch(/^otp_live_/);
    expect((await api.call('GET', '/v1/verifications', { token: secret })).status).toBe(200);

    const listed = await asAcme('GET', '/v1/tenants/acme/keys');
    expect(listed.text).not.toContain(secret.slice(-32));
    expect(JSON.parse(listed.text).keys).toContainEqual(
      expect.objectContaining({ id, name: 'login', scopes: ['read'], state: 'works' }),
    );

    const replaced = await asAcme('POST', `/v1/tenants/acme/keys/${id}/replace`, { body: { graceMs: 0 } });
    expect(replaced.status).toBe(201);
    const next = JSON.parse(replaced.text);
    expect((await api.call('GET', '/v1/verifications', { token: next.secret })).status).toBe(200);
    const states = JSON.parse((await asAcme('GET', '/v1/tenants/acme/keys')).text).keys;
    expect(states).toContainEqual(expect.objectContaining({ id, state: 'expired' }));

    expect((await asAcme('DELETE', `/v1/tenants/acme/keys/${next.id}`)).status).toBe(200);
    expect((await asAcme('DELETE', `/v1/tenants/acme/keys/${next.id}`)).status).toBe(404);
    expect((await asAcme('POST', `/v1/tenants/acme/keys/${next.id}/replace`, { body: {} })).status).toBe(404);
  });

  it('refuses keys that would be more than they say', async () => {
    const make = (body: unknown) => asAcme('POST', '/v1/tenants/acme/keys', { body });
    expect((await make({ mode: 'test', scopes: ['admin'] })).status).toBe(422);
    expect((await make({ scopes: [] })).status).toBe(422);
    expect((await make({ scopes: ['root'] })).status).toBe(422);
    expect((await make({ expiresAt: '2001-01-01T00:00:00Z' })).status).toBe(422);
    expect((await make({ name: 'a\nb' })).status).toBe(422);
    const testAdmin = await api.issueKey({ mode: 'test', scopes: ['admin'] });
    expect((await api.call('GET', '/v1/tenants', { token: testAdmin.token })).status).toBe(403);
  });

  it('shows a tenant nothing of another one, and does nothing to it', async () => {
    const before = (await asOperator('GET', '/v1/tenants/globex')).text;
    const key = await api.issueKey({ tenantId: 'globex' });
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', umbrella],
      ['GET', '/route'],
      ['PUT', '/route', { route: umbrella.route }],
      ['GET', '/accounts'],
      ['GET', '/accounts/mail'],
      ['PUT', '/accounts/mail', twilio],
      ['DELETE', '/accounts/wa'],
      ['GET', '/keys'],
      ['POST', '/keys', {}],
      ['POST', `/keys/${key.id}/replace`, {}],
      ['DELETE', `/keys/${key.id}`],
      ['GET', '/audit'],
    ];
    const unknown = await asAcme('GET', '/v1/tenants/nobody');
    for (const [method, path, body] of calls) {
      const answer = await asAcme(method, `/v1/tenants/globex${path}`, { body });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect({ ...answer.json, requestId: '' }).toEqual({ ...unknown.json, requestId: '' });
    }
    // A key's id alone opens nothing either: it is looked up within the tenant of the path.
    expect((await asAcme('DELETE', `/v1/tenants/acme/keys/${key.id}`)).status).toBe(404);
    expect((await asAcme('POST', `/v1/tenants/acme/keys/${key.id}/replace`, { body: {} })).status).toBe(404);
    expect((await api.call('GET', '/v1/verifications', { token: key.token })).status).toBe(200);
    expect((await asOperator('GET', '/v1/tenants/globex')).text).toBe(before);
    expect(JSON.parse((await asAcme('GET', '/v1/tenants')).text).tenants).toMatchObject([{ id: 'acme' }]);
    expect(JSON.parse((await asOperator('GET', '/v1/tenants')).text).tenants.length).toBeGreaterThan(2);
  });

  it('writes down who changed what, and no value', async () => {
    const { token, id } = await api.issueKey({ tenantId: 'initech', scopes: ['admin'] });
    const call = (method: string, path: string, body: unknown) =>
      api.call(method, `/v1/tenants/initech${path}`, { token, body });
    const sms = JSON.parse((await call('GET', '/accounts/sms', undefined)).text);
    const changed = { ...sms, credentials: { authToken: 'another-token-nobody-may-see' } };
    expect((await call('PUT', '/accounts/sms', changed)).status).toBe(200);
    await asOperator('POST', '/v1/tenants/initech/keys', { body: { name: 'by the operator' } });
    await api.house.store.tenants.put({ id: 'initech', name: 'By hand', config: { name: 'By hand' } });

    const { text } = await call('GET', '/audit?limit=3', undefined);
    expect(JSON.parse(text).entries).toMatchObject([
      { actor: expect.stringMatching(/^database:/), action: 'tenant_changed', subject: 'initech' },
      { actor: 'operator', action: 'key_created', detail: { name: 'by the operator', mode: 'live' } },
      { actor: id, action: 'account_changed', subject: 'sms', detail: { fields: ['credentials'] } },
    ]);
    expect(text).not.toMatch(/nobody-may-see|hash|sealed_/);
  });

  it('erases a person of its own tenant, and says only how much', async () => {
    const { token } = await api.issueKey();
    const to = { email: 'erase.me@example.com' };
    const sent = await api.call('POST', '/v1/verifications', { token, body: { to } });
    expect(sent.status).toBe(201);
    const path = '/v1/tenants/acme/erasures';
    const body = { recipient: to.email };
    expect((await asAcme('POST', `${path}?dryRun=true`, { body })).json).toMatchObject({
      dryRun: true,
      found: 1,
    });
    expect((await asAcme('POST', path, { body })).json).toMatchObject({
      status: 409,
      code: 'OTP_STILL_LIVE',
    });
    const erased = await asAcme('POST', path, { body: { ...body, force: true } });
    expect(erased).toMatchObject({ status: 200, json: { found: 1, verifications: 1 } });
    expect(erased.text).not.toContain('erase.me');
    const shown = await api.call('GET', `/v1/verifications/${sent.json.id}`, { token });
    expect(shown.json).toMatchObject({ status: 'canceled', to: '[erased]' });

    for (const recipient of ['x', 'nobody at all', '+1', 7])
      expect((await asAcme('POST', path, { body: { recipient } })).status).toBe(422);
    expect((await asAcme('POST', '/v1/tenants/globex/erasures', { body })).status).toBe(404);
    expect((await api.call('POST', path, { token, body })).status).toBe(403);
  });

  it('lets nobody in as the operator but the holder of the token', async () => {
    const tries = ['', operatorToken.slice(0, -1), `${operatorToken}x`, operatorToken.toUpperCase(), ' '];
    for (const token of tries)
      expect([token, (await api.call('GET', '/v1/tenants', { token })).status]).toEqual([token, 401]);
    const { token: sender } = await api.issueKey();
    expect((await api.call('GET', '/v1/tenants', { token: sender })).json).toMatchObject({
      status: 403,
      detail: 'This needs the scope "admin".',
    });
    expect((await api.call('GET', '/v1/verifications', { token: operatorToken })).status).toBe(401);
    expect(api.logged()).not.toContain(operatorToken);
    expect(api.logged()).not.toContain('nobody-may-see');
  });
});

describe('the administration without a token of the operator', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi({ OTP_ADMIN_TOKEN: '' });
  }, 90_000);
  afterAll(() => api.stop());

  // As happened elsewhere: no key configured, so the check was skipped.
  it('refuses everybody where no token is configured', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer null', 'Basic Og=='])
      expect((await api.call('GET', '/v1/tenants', { headers: { authorization } })).status).toBe(401);
    expect((await api.call('GET', '/v1/tenants')).status).toBe(401);
  });
});

describe('the administration with only the hash of the token at hand', () => {
  let api: TestApi;
  const hash = `sha256:${createHash('sha256').update(operatorToken).digest('hex')}`;
  beforeAll(async () => {
    api = await startApi({ OTP_ADMIN_TOKEN: hash });
  }, 90_000);
  afterAll(() => api.stop());

  it('knows the token, and does not take the hash for it', async () => {
    expect((await api.call('GET', '/v1/tenants', { token: operatorToken })).status).toBe(200);
    expect((await api.call('GET', '/v1/tenants', { token: hash })).status).toBe(401);
  });
});
