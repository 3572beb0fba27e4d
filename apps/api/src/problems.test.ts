import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startApi, type TestApi } from './testing/start-api.ts';

describe('answers that are not a success', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    api.call('POST', '/v1/verifications', { token, body, headers });

  it.each([
    ['truncated JSON', '{"to":{"phone":"+1415', {}, 400, 'OTP_MALFORMED'],
    ['no JSON at all', 'to=+14155550100', {}, 400, 'OTP_MALFORMED'],
    ['an empty body', '', {}, 400, 'OTP_MALFORMED'],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', {}, 400, 'OTP_MALFORMED'],
    ['text', 'x', { 'content-type': 'text/plain' }, 415, 'OTP_UNSUPPORTED_MEDIA_TYPE'],
    [
      'a form',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'OTP_UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a media type that is none', '{}', { 'content-type': 'json' }, 415, 'OTP_UNSUPPORTED_MEDIA_TYPE'],
    ['over 64 kB', JSON.stringify({ x: 'y'.repeat(65 * 1024) }), {}, 413, 'OTP_TOO_LARGE'],
  ])('%s', async (_what, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect(answer).toMatchObject({ status, json: { status, code, type: expect.stringContaining(code) } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json.requestId).toBe(answer.headers['x-request-id']);
    expect(answer.text).not.toContain('4155550100');
  });

  it.each([
    ['GET', '/none', 404, undefined],
    ['GET', '/v1/verifications/', 404, undefined],
    ['GET', '/%E0%A4%A', 400, undefined],
    ['GET', `/v1/verifications/${'x'.repeat(200)}`, 404, undefined],
    ['DELETE', '/v1/verifications', 405, 'POST, GET, HEAD'],
    ['PUT', '/webhooks/meta-whatsapp/acme/wa', 405, 'GET, POST, HEAD'],
    ['POST', '/healthz', 405, 'GET, HEAD'],
    ['OPTIONS', '/v1/verifications', 405, 'POST, GET, HEAD'],
  ])('%s %s', async (method, path, status, allow) => {
    const answer = await api.call(method, path, { token });
    expect(answer).toMatchObject({ status, json: { status } });
    expect(answer.headers.allow).toBe(allow);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers what is not HTTP with a problem too', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const { port, hostname } = new URL(api.url);
      const socket = connect(Number(port), hostname, () => socket.write('hello there\r\n\r\n'));
      let seen = '';
      socket.on('data', (bytes) => {
        seen += bytes.toString();
      });
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('OTP_MALFORMED');
  });

  it('keeps a sane x-request-id and replaces any other', async () => {
    const with_ = async (id: string) =>
      (await api.call('GET', '/healthz', { headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await with_('trace-0123abc')).toBe('trace-0123abc');
    for (const bad of ['x', 'a b c d e f g h', 'x'.repeat(65), 'id"};alert(1)'])
      expect(await with_(bad)).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('never answers 5xx to any JSON', async () => {
    const almost = fc.record(
      {
        to: fc.oneof(
          fc.record({ phone: fc.string(), email: fc.emailAddress() }, { requiredKeys: [] }),
          fc.jsonValue(),
        ),
        purpose: fc.constantFrom('auth', 'payment', 'signature', 'none'),
        locale: fc.oneof(fc.constantFrom('en', 'pt-BR', 'xx'), fc.string()),
        route: fc.array(fc.constantFrom('whatsapp', 'sms', 'email', 'voice', 'x'), { maxLength: 6 }),
        lifeMs: fc.oneof(fc.integer(), fc.double(), fc.string()),
        codeLength: fc.integer({ min: -1, max: 20 }),
        sealedCode: fc.string(),
        context: fc.jsonValue(),
        idempotencyKey: fc.string(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(almost, fc.jsonValue()),
        fc.option(fc.string({ unit: 'grapheme-ascii' })),
        async (body, key) => {
          const header = key?.replace(/[^\x20-\x7e]/g, '').trim();
          const { status, text } = await post(
            JSON.stringify(body),
            header ? { 'idempotency-key': header } : {},
          );
          // A body that names a prototype is not read at all.
          const read = !/"(?:__proto__|constructor)"/.test(JSON.stringify(body));
          expect(`${status} ${text}`).toMatch(read ? /^(?:200|201|409|422) / : /^(?:200|201|400|409|422) /);
        },
      ),
      { numRuns: 300 },
    );
  });
});
