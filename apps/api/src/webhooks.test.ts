import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startApi, type TestApi } from './testing/start-api.ts';
import { accountSid, appSecret, authToken, verifyToken } from './testing/tenants.ts';

const path = '/webhooks/meta-whatsapp/acme/wa';
const sign = (bytes: string | Uint8Array, secret = appSecret): string =>
  `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;

const event = (attemptId: string, status = 'delivered') =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
              statuses: [
                {
                  id: 'wamid.HBgLMTQxNTU1NTAxMDAVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA',
                  status,
                  timestamp: '1769860800',
                  recipient_id: '14155550100',
                  biz_opaque_callback_data: attemptId,
                },
              ],
            },
          },
        ],
      },
    ],
  });

describe('/webhooks', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  const post = (bytes: string | Uint8Array, headers: Record<string, string> = {}, to = path) =>
    api.call('POST', to, { body: bytes, headers });
  const verification = async (phone: string) => {
    const { json } = await api.call('POST', '/v1/verifications', { token, body: { to: { phone } } });
    return { id: json.id as string, attempt: json.attempts[0]!.id as string };
  };
  const show = async (id: string) => (await api.call('GET', `/v1/verifications/${id}`, { token })).json;

  it('takes a signed receipt to its verification, before it answers', async () => {
    const { id, attempt } = await verification('+14155550110');
    const bytes = event(attempt);
    expect(await post(bytes, { 'x-hub-signature-256': sign(bytes) })).toMatchObject({
      status: 200,
      json: { received: 1 },
    });
    expect(await show(id)).toMatchObject({ delivery: 'delivered', attempts: [{ state: 'delivered' }] });
    expect((await post(bytes, { 'x-hub-signature-256': sign(bytes) })).status).toBe(200);
  });

  it('checks the bytes as they came, whatever the content type', async () => {
    const { id, attempt } = await verification('+14155550111');
    const bytes = event(attempt, 'read').replace(/,/g, ' ,\n').replace('whatsapp_b', '\\u0077hatsapp_b');
    const headers = { 'x-hub-signature-256': sign(bytes), 'content-type': 'multipart/report; boundary=x' };
    expect((await post(bytes, headers)).status).toBe(200);
    expect((await show(id)).attempts[0]!.state).toBe('read');
  });

  it('checks a signature over the public URL, query and all', async () => {
    const { token: own } = await api.issueKey({ tenantId: 'initech' });
    const to = { phone: '+14155550113' };
    const { json } = await api.call('POST', '/v1/verifications', { token: own, body: { to } });
    const target = `/webhooks/twilio-sms/initech/sms?attempt=${json.attempts[0]!.id}`;
    const form = { AccountSid: accountSid, MessageSid: `SM${'b2'.repeat(16)}`, MessageStatus: 'delivered' };
    const signed = `https://otp.example.com${target}${Object.entries(form).flat().join('')}`;
    const send = (path: string) =>
      post(
        new URLSearchParams(form).toString(),
        {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': createHmac('sha1', authToken).update(signed).digest('base64'),
        },
        path,
      );
    expect((await send(`${target}&more=1`)).status).toBe(401);
    expect(await send(target)).toMatchObject({ status: 200, json: { received: 1 } });
    const shown = await api.call('GET', `/v1/verifications/${json.id}`, { token: own });
    expect(shown.json.delivery).toBe('delivered');
  });

  it('believes no signature but the right one, and no account but that one', async () => {
    const { id, attempt } = await verification('+14155550112');
    const bytes = event(attempt);
    const good = sign(bytes);
    const forged = [
      undefined,
      '',
      'sha256=',
      good.slice(0, -1),
      `${good}0`,
      good.toUpperCase(),
      good.slice('sha256='.length),
      sign(bytes, ''),
      sign(bytes, 'another-secret'),
      sign(`${bytes} `),
    ];
    for (const signature of forged) {
      const answer = await post(bytes, signature === undefined ? {} : { 'x-hub-signature-256': signature });
      expect(`${signature} ${answer.status}`).toBe(`${signature} 401`);
      expect(answer.json.code).toBe('OTP_WEBHOOK_FORGED');
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    const headers = { 'x-hub-signature-256': good };
    const known = await post(bytes, {});
    for (const other of ['/webhooks/meta-whatsapp/acme/none', '/webhooks/meta-whatsapp/none/wa']) {
      const unknown = await post(bytes, headers, other);
      // Nobody learns from the answer which accounts exist.
      expect(unknown.json).toEqual({ ...known.json, requestId: unknown.json.requestId });
    }
    expect((await post(bytes, headers, '/webhooks/carrier-pigeon/acme/wa')).status).toBe(404);
    expect((await show(id)).delivery).toBe('queued');
  });

  it('ignores a signed receipt for a verification of another tenant', async () => {
    const { token: other } = await api.issueKey({ tenantId: 'globex' });
    const { json } = await api.call('POST', '/v1/verifications', {
      token: other,
      body: { to: { email: 'ana@example.com' } },
    });
    const bytes = event(json.attempts[0]!.id);
    expect(await post(bytes, { 'x-hub-signature-256': sign(bytes) })).toMatchObject({
      json: { received: 0 },
    });
  });

  it('refuses what is signed and senseless with 400, and what is over 3 MB with 413', async () => {
    for (const bytes of ['', 'null', '{"object":', event('x').slice(0, -9)]) {
      const answer = await post(bytes, { 'x-hub-signature-256': sign(bytes) });
      expect(`${bytes.slice(0, 9)} ${answer.status}`).toBe(`${bytes.slice(0, 9)} 400`);
    }
    const big = Buffer.alloc(3 * 1024 * 1024 + 1, 0x20);
    expect(await post(big, { 'x-hub-signature-256': sign(big) })).toMatchObject({
      status: 413,
      json: { code: 'OTP_TOO_LARGE' },
    });
    const largest = Buffer.alloc(3 * 1024 * 1024, 0x20);
    expect((await post(largest, { 'x-hub-signature-256': sign(largest) })).status).toBe(400);
  });

  it('answers the handshake with the challenge as plain text', async () => {
    const query = (given: string) => `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${given}`;
    const answer = await api.call('GET', path + query(verifyToken));
    expect(answer).toMatchObject({ status: 200, text: '1158201444' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(await api.call('GET', path + query('wrong'))).toMatchObject({
      status: 403,
      json: { status: 403, code: 'OTP_WEBHOOK_FORGED' },
    });
  });

  it('never answers 5xx, whatever is thrown at it', async () => {
    const anything = fc.record({
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 500 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      signed: fc.boolean(),
      type: fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'x', ''),
      query: fc.webQueryParameters(),
      provider: fc.constantFrom('meta-whatsapp', 'twilio-sms', 'smtp-email', 'none'),
      account: fc.constantFrom('wa', 'mail', 'none'),
    });
    await fc.assert(
      fc.asyncProperty(anything, async ({ bytes, signed, type, query, provider, account }) => {
        const { status } = await api.call('POST', `/webhooks/${provider}/acme/${account}?${query}`, {
          body: bytes,
          headers: { 'content-type': type, ...(signed && { 'x-hub-signature-256': sign(bytes) }) },
        });
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});
