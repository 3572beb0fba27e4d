import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from './routes.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

/** fastify prints `/board/static/*` without its `static`. */
const filled = (url: string): string =>
  url
    .replace(':id', `vrf_${'0'.repeat(26)}`)
    .replace(/:\w+/g, 'x')
    .replace('/board/*', '/board/static/x');

/** `GET /v1/verifications/:id` … out of fastify's tree of routes. */
function printedRoutes(tree: string): { readonly method: string; readonly url: string }[] {
  const trail: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', , path = '', methods = ''] =
      /^([ │]*)(├── |└── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (path === '') return [];
    const depth = indent.length / 4;
    trail.length = depth;
    trail.push(path === '(empty root node)' ? '' : path);
    return methods
      .split(', ')
      .filter(Boolean)
      .map((method) => ({ method, url: trail.join('') }));
  });
}

describe('access', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi({ OTP_BOARD_PASSWORD: 'a-long-enough-password' });
  }, 90_000);
  afterAll(() => api.stop());

  it('answers nobody without a credential on any route of the table that is not public', async () => {
    for (const { method, url, access } of routes)
      for (const verb of [method].flat()) {
        const { status, headers, json } = await api.call(verb, filled(url));
        if (access === 'public')
          expect(`${verb} ${url} ${headers['www-authenticate']}`).toContain('undefined');
        else {
          expect(`${verb} ${url} ${status}`).toBe(`${verb} ${url} 401`);
          expect(headers['www-authenticate']).toMatch(/^Bearer /);
          expect(json.code).toBe('OTP_UNAUTHENTICATED');
        }
      }
  });

  it('has no route beside the table and the board, and the board asks for a password everywhere', async () => {
    const inTable = new Map(
      routes.flatMap((route) => [route.method].flat().map((m) => [`${m} ${route.url}`, route])),
    );
    const found = printedRoutes(api.app.printRoutes({ commonPrefix: false }));
    expect(found.length).toBeGreaterThan(60);
    for (const { method, url } of found) {
      const route = inTable.get(`${method === 'HEAD' ? 'GET' : method} ${url}`);
      if (route?.access === 'public') continue;
      if (!route) expect(url).toMatch(/^\/board/);
      const { status } = await api.call(method, filled(url));
      expect(`${method} ${url} ${status}`).toBe(`${method} ${url} 401`);
    }
  });

  it('refuses every key that is not a valid one', async () => {
    const { token } = await api.issueKey();
    const [prefix, secret] = [token.slice(0, -32), token.slice(-32)];
    const wrong = [
      ['', 'empty'],
      [token.slice(0, -1), 'a prefix'],
      [`${token}0`, 'an extension'],
      [prefix + [...secret].reverse().join(''), 'another secret'],
      [token.replace('live', 'test'), 'another mode'],
      [token.toUpperCase(), 'another case'],
      ['x'.repeat(5_000), 'a long one'],
    ] as const;
    for (const [text, what] of wrong) {
      const { status } = await api.call('GET', '/v1/verifications', { token: text });
      expect(`${what} ${status}`).toBe(`${what} 401`);
    }
    for (const authorization of [token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} x`]) {
      const { status } = await api.call('GET', '/v1/verifications', { headers: { authorization } });
      expect(status).toBe(401);
    }
    expect((await api.call('GET', '/v1/verifications', { token })).status).toBe(200);
  });

  it('tells a key without the scope which one it needs', async () => {
    const reader = (await api.issueKey({ scopes: ['read'] })).token;
    const sender = (await api.issueKey({ scopes: ['send'] })).token;
    const body = { to: { phone: '+14155550100' } };
    const refused = await api.call('POST', '/v1/verifications', { token: reader, body });
    expect(refused).toMatchObject({ status: 403, json: { code: 'OTP_FORBIDDEN' } });
    expect(refused.headers['www-authenticate']).toContain('scope="send"');
    expect((await api.call('POST', '/v1/verifications', { token: sender, body })).status).toBe(201);
    expect((await api.call('GET', '/v1/verifications', { token: sender })).status).toBe(403);
  });

  it('refuses an expired key at once', async () => {
    const { token } = await api.issueKey({ expiresAt: Date.now() + 300 });
    const until = Date.now() + 5_000;
    let status = 0;
    do ({ status } = await api.call('GET', '/v1/verifications', { token }));
    while (status === 200 && Date.now() < until);
    expect(status).toBe(401);
  });

  it('gives the metrics to the holder of their token only', async () => {
    const { token } = await api.issueKey();
    expect((await api.call('GET', '/metrics', { token })).status).toBe(401);
    const { status, headers, text } = await api.call('GET', '/metrics', { token: 'a-token-for-the-metrics' });
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('otp_requests_total');
  });
});

describe('access without a board and a metrics token', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi({ OTP_METRICS_TOKEN: '' });
  }, 90_000);
  afterAll(() => api.stop());

  it('has no board', async () => {
    for (const path of ['/board', '/board/', '/board/api/queues'])
      expect((await api.call('GET', path)).json).toMatchObject({ status: 404, code: 'OTP_NOT_FOUND' });
  });

  it('gives the metrics to this machine only, and to no proxy on it', async () => {
    expect((await api.call('GET', '/metrics')).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded'])
      expect((await api.call('GET', '/metrics', { headers: { [header]: 'for=127.0.0.1' } })).status).toBe(
        401,
      );
  });
});
