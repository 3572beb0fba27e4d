import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configure } from './testing/configure.ts';
import { type Answer, startApi, type TestApi } from './testing/start-api.ts';

let api: TestApi;
let token: string;
let numbers = 0;

/** A number nobody was sent a code to. */
function someone(): string {
  numbers += 1;
  return `+1415555${String(numbers).padStart(4, '0')}`;
}

/** Asks again while a busy machine says that it is asked for more than it can do: nothing was taken then. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
  }
}

const create = (phone: string, more: object = {}, as = token, headers: Record<string, string> = {}) =>
  patiently(() =>
    api.call('POST', '/v1/verifications', { token: as, headers, body: { to: { phone }, ...more } }),
  );

const sumOf = (pairs: readonly (readonly [string | number, number])[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [name, count] of pairs) sums[name] = (sums[name] ?? 0) + count;
  return sums;
};
const statuses = (answers: readonly { status: number }[]): Record<string, number> =>
  sumOf(answers.map(({ status }) => [status, 1]));

/** What a worker does once the provider took the message. */
async function delivered(id: string): Promise<void> {
  const { corridor } = api.engine;
  const attemptId =
    (await corridor.apply({ id, event: { type: 'deadline_reached' } }))?.verification.currentId ?? '';
  await corridor.apply({ id, event: { type: 'started', attemptId, claim: 'here' } });
  await corridor.apply({
    id,
    event: { type: 'accepted', attemptId, claim: 'here', providerRef: `ref-${id}` },
  });
}

beforeAll(async () => {
  api = await startApi();
  ({ token } = await api.issueKey());
}, 90_000);
afterAll(() => api.stop());

describe('the limits of a recipient', () => {
  it('make a second code wait, say for how long and why, and leave no trace of it', async () => {
    const phone = someone();
    const first = await create(phone);
    await api.call('POST', `/v1/verifications/${first.json.id}/cancel`, { token });
    const second = await create(phone);
    expect(second).toMatchObject({
      status: 429,
      json: {
        code: 'OTP_LIMIT_RECIPIENT',
        problems: [{ path: 'to.phone', problem: expect.stringContaining('wait') }],
      },
    });
    const seconds = Number(second.headers['retry-after']);
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(second.text).not.toContain(phone);
    expect(await written(phone)).toBe(1);
  });

  it('let 100 who ask for the same at once join one verification, and later ones too, at no cost', async () => {
    const phone = someone();
    const answers = await Promise.all(Array.from({ length: 100 }, () => create(phone)));
    expect(statuses(answers)).toEqual({ 200: 99, 201: 1 });
    expect(new Set(answers.map((answer) => answer.json.id)).size).toBe(1);
    expect((await create(phone)).json).toMatchObject({ deduplicated: true });
    expect(await hits(phone)).toBe(1);
  });

  it('let one of 100 different requests at once through', async () => {
    const phone = someone();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        create(phone, {
          purpose: 'payment',
          context: { amount: `${i + 1}.00`, currency: 'EUR', payee: 'Fresh Flowers' },
        }),
      ),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 429: 99 });
  });

  it('answer a repeated Idempotency-Key as the first time, not with a limit', async () => {
    const phone = someone();
    const again = () => create(phone, { idempotencyKey: `once-${phone}` });
    const first = await again();
    await api.call('POST', `/v1/verifications/${first.json.id}/cancel`, { token });
    expect(await again()).toMatchObject({ status: 200, json: { id: first.json.id } });
  });

  it('know a mailbox under all its spellings', async () => {
    const mail = (email: string, purpose: string) =>
      api.call('POST', '/v1/verifications', { token, body: { to: { email }, purpose, route: ['email'] } });
    const first = await mail('bo@example.com', 'auth');
    await api.call('POST', `/v1/verifications/${first.json.id}/cancel`, { token });
    expect(await mail('BO+1@Example.com', 'auth')).toMatchObject({
      status: 429,
      json: { code: 'OTP_LIMIT_RECIPIENT' },
    });
  });

  it('allow five in ten minutes over all purposes', async () => {
    const phone = someone();
    const purposes = ['auth', 'sign_up', 'password_reset'];
    await configure(api, 'globex', { limits: { recipient: { coolDownMs: null } } });
    const { token: other } = await api.issueKey({ tenantId: 'globex' });
    const answers = [];
    for (let i = 0; i < 6; i += 1) {
      const to = { email: `six-${phone}@example.com` };
      const body = { to, purpose: purposes[i % 3] };
      const answer = await api.call('POST', '/v1/verifications', { token: other, body });
      answers.push(answer);
      await api.call('POST', `/v1/verifications/${answer.json.id}/cancel`, { token: other });
    }
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201, 201, 429]);
    expect(Number(answers[5]?.headers['retry-after'])).toBeGreaterThan(550);
  });

  it('give test keys buckets of their own', async () => {
    const phone = someone();
    const { token: test } = await api.issueKey({ mode: 'test' });
    const live = await create(phone);
    await api.call('POST', `/v1/verifications/${live.json.id}/cancel`, { token });
    const first = await create(phone, {}, test);
    expect(first.status).toBe(201);
    await api.call('POST', `/v1/verifications/${first.json.id}/cancel`, { token: test });
    expect((await create(phone, {}, test)).status).toBe(429);
  });
});

describe('resends', () => {
  it('wait like everything else; of 200 at once one is sent', async () => {
    const phone = someone();
    const { id } = (await create(phone)).json;
    const resend = () => api.call('POST', `/v1/verifications/${id}/resend`, { token });
    expect((await resend()).status).toBe(409);
    await delivered(id);
    expect(await resend()).toMatchObject({ status: 429, json: { code: 'OTP_LIMIT_RECIPIENT' } });
    await forget(phone);
    // The others either wait, or find that it is on its way already.
    const {
      200: sent,
      409: onItsWay = 0,
      429: waiting = 0,
    } = statuses(await Promise.all(Array.from({ length: 200 }, resend)));
    expect([sent, onItsWay + waiting]).toEqual([1, 199]);
    expect(
      (await api.engine.corridor.apply({ id, event: { type: 'deadline_reached' } }))?.verification.attempts,
    ).toHaveLength(2);
    expect(await hits(phone)).toBe(1);
  });

  it('cost nothing when there was nothing to send', async () => {
    const phone = someone();
    const { id } = (await create(phone)).json;
    await forget(phone);
    const resend = () => api.call('POST', `/v1/verifications/${id}/resend`, { token });
    expect((await resend()).status).toBe(409);
    expect(await hits(phone)).toBe(0);
    await api.call('POST', `/v1/verifications/${id}/cancel`, { token });
    expect(await resend()).toMatchObject({ status: 409, json: { code: 'OTP_FINAL' } });
    expect((await api.call('POST', '/v1/verifications/vrf_nobody/resend', { token })).status).toBe(404);
  });

  it('count by the end user who asks, and read nothing else from the body', async () => {
    const { id } = (await create(someone())).json;
    const body = { endUser: { ip: 'not an address' } };
    expect(await api.call('POST', `/v1/verifications/${id}/resend`, { token, body })).toMatchObject({
      status: 422,
      json: { problems: [{ path: 'endUser.ip', problem: expect.stringContaining('IPv4') }] },
    });
  });
});

describe('the limits of an end user', () => {
  it('let one address ask for five recipients an hour', async () => {
    const answers = [];
    for (let i = 0; i < 7; i += 1) answers.push(await create(someone(), { endUser: { ip: '203.0.113.9' } }));
    expect(statuses(answers)).toEqual({ 201: 5, 429: 2 });
    expect(answers[6]?.json).toMatchObject({ code: 'OTP_LIMIT_IP', problems: [{ path: 'endUser.ip' }] });
    expect(Number(answers[6]?.headers['retry-after'])).toBeGreaterThan(3_500);
  });

  it('see 200 addresses of one /64 as one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        create(someone(), { endUser: { ip: `2001:db8:7:1:${(i * 300).toString(16)}::${i.toString(16)}` } }),
      ),
    );
    expect(statuses(answers)).toEqual({ 201: 5, 429: 195 });
  });

  it('let one device ask five times an hour, wherever it is', async () => {
    const answers = [];
    for (let i = 0; i < 6; i += 1)
      answers.push(await create(someone(), { endUser: { device: 'device-token-1', ip: `198.51.100.${i}` } }));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201, 201, 429]);
    expect(answers[5]?.json.code).toBe('OTP_LIMIT_DEVICE');
  });

  it('are not moved by headers: the left-most X-Forwarded-For was trusted elsewhere, here 1,000 of them buy nothing', async () => {
    const headers = (i: number) => ({
      'x-forwarded-for': `10.${i >> 8}.${i & 255}.1, 203.0.113.77`,
      'x-real-ip': `10.${i >> 8}.${i & 255}.2`,
      forwarded: `for=10.${i >> 8}.${i & 255}.3`,
    });
    const answers = [];
    for (let i = 0; i < 1_000; i += 50)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, j) =>
            create(someone(), { endUser: { ip: '203.0.113.77' } }, token, headers(i + j)),
          ),
        )),
      );
    expect(statuses(answers)).toEqual({ 201: 5, 429: 995 });
  }, 60_000);
});

describe('the limits of a tenant', () => {
  it('let exactly as many through as configured, and whoever joins besides', async () => {
    await configure(api, 'initech', { limits: { recipient: null, tenant: { perMinute: 20, perDay: 50 } } });
    const { token: other } = await api.issueKey({ tenantId: 'initech' });
    const phones = Array.from({ length: 200 }, someone);
    const ask = () => Promise.all(phones.map((phone) => create(phone, {}, other)));
    const answers = await ask();
    const next = Number(answers.find((answer) => answer.status === 429)?.headers['retry-after']);
    const seen = statuses(answers);
    // Twenty, or forty when a minute ended meanwhile.
    expect([20, 40]).toContain(seen[201]);
    expect((seen[201] ?? 0) + (seen[429] ?? 0)).toBe(200);
    expect(next).toBeGreaterThan(0);
    expect(next).toBeLessThanOrEqual(60);
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.json).toMatchObject({
      code: 'OTP_LIMIT_TENANT',
      problems: [{ problem: expect.stringContaining('perMinute') }],
    });
    const taken = answers.findIndex((answer) => answer.status === 201);
    expect((await create(phones[taken] ?? '', {}, other)).status).toBe(200);
  });
});

describe('what was refused', () => {
  it('is counted, and kept for operators by the hour', async () => {
    const counts = await api.house.store.refusals.list('acme', { since: Date.now() - 3_600_000, limit: 100 });
    const byCode = sumOf(counts.map(({ code, count }) => [code, count]));
    expect(byCode.OTP_LIMIT_IP).toBe(2 + 195 + 995);
    expect(byCode.OTP_LIMIT_DEVICE).toBe(1);
    expect(counts.find(({ code }) => code === 'OTP_LIMIT_IP')?.shown).toMatch(
      /^203\.0\.113\.•••$|^2001:db8:7:•••$/,
    );
    const metrics = await api.call('GET', '/metrics', { token: 'a-token-for-the-metrics' });
    expect(metrics.text).toContain('otp_limited_total{limit="ip"} 1192');
  });
});

const keyOf = (phone: string): Buffer => api.house.pepper.bucketKey('acme', 'phone', phone);
async function hits(phone: string): Promise<number> {
  const [bucket] = await api.house.store.buckets.look('acme', [keyOf(phone)]);
  return Array.isArray(bucket?.state) ? bucket.state.length : 0;
}
const forget = (phone: string): Promise<number> => api.house.store.buckets.reset('acme', [keyOf(phone)]);
async function written(phone: string): Promise<number | undefined> {
  const key = api.house.pepper.addressKey('acme', 'phone', phone);
  const [row] = await api.house.store.withTenant('acme', (ask) =>
    ask<{ n: number }>('select count(*)::int as n from otp.requests where recipient_key = $1', [key]),
  );
  return row?.n;
}
