import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { problemOf } from '@otp-relay/contracts';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { OtpClient } from './otp-client.ts';
import type { OtpClientFault } from './otp-client-fault.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Answer = (response: ServerResponse, seen: Seen) => void;

const apiKey = 'otp_test_key';
const created = { id: 'vrf_01', deduplicated: false };
const intake = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
const jwk = { ...(await exportJWK(intake.publicKey)), kid: 'intake-1', alg: 'ECDH-ES', use: 'enc' };

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => it.close()));
});

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** A relay that gives these answers in turn (the last one again and again) and remembers what it was asked. */
async function relay(...answers: Answer[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      if (path === '/.well-known/jwks.json') return json(200, { keys: [jwk] })(response, {} as Seen);
      seen.push({ method, path, headers, body });
      (answers.length > 1 ? answers.shift() : answers[0])?.(response, seen.at(-1)!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function clientOf(url: string, more: { timeoutMs?: number; tenant?: string } = {}) {
  const client = new OtpClient({ url, apiKey, ...more });
  open.unshift(client);
  return client;
}
const faultOf = (promise: Promise<unknown>): Promise<OtpClientFault> =>
  promise.then(
    () => {
      throw new Error('it went through');
    },
    (fault) => fault,
  );

describe('send over HTTP', () => {
  it('posts the request with the key and an idempotency key of its own', async () => {
    const { url, seen } = await relay(json(201, created));
    const sent = await clientOf(url).send({ to: { phone: '+14155550100' }, purpose: 'auth' });
    expect(sent.id).toBe('vrf_01');
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/v1/verifications' });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(seen[0]!.body)).toEqual({ to: { phone: '+14155550100' }, purpose: 'auth' });
  });

  it("tries again with the same idempotency key until the relay is there, in the caller's words", async () => {
    const away = json(503, problemOf('OTP_UNAVAILABLE'));
    const cut: Answer = (response) => response.destroy();
    const { url, seen } = await relay(away, cut, json(201, created));
    await clientOf(url).send({ to: { email: 'ana@example.com' }, idempotencyKey: 'login-42' });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'login-42',
      'login-42',
      'login-42',
    ]);
    expect(seen[2]?.body).not.toContain('idempotencyKey');
  });

  it('gives up after four tries', async () => {
    const { url, seen } = await relay(json(503, problemOf('OTP_UNAVAILABLE')));
    const fault = await faultOf(clientOf(url).send({ to: { email: 'ana@example.com' } }));
    expect(fault).toMatchObject({ code: 'OTP_UNAVAILABLE', status: 503, retryable: true });
    expect(seen).toHaveLength(4);
  });

  it('gives up when its time is over', async () => {
    const { url } = await relay(() => undefined);
    const fault = await faultOf(clientOf(url, { timeoutMs: 150 }).send({ to: { email: 'ana@example.com' } }));
    expect(fault).toMatchObject({ code: 'OTP_UNAVAILABLE', retryable: true });
  });

  it('hands on what the relay says is wrong, once', async () => {
    const problems = [{ path: 'to', problem: 'needs to.phone' }];
    const { url, seen } = await relay(json(422, problemOf('OTP_NO_ROUTE', { problems, requestId: 'req-1' })));
    const fault = await faultOf(clientOf(url).send({ to: { email: 'ana@example.com' } }));
    expect(fault).toMatchObject({
      code: 'OTP_NO_ROUTE',
      status: 422,
      problems,
      requestId: 'req-1',
      retryable: false,
    });
    expect(fault.message).toContain('to: needs to.phone');
    expect(seen).toHaveLength(1);
  });

  it('says at once that a limit is reached, and for how long', async () => {
    const { url, seen } = await relay(json(429, problemOf('OTP_LIMIT_RECIPIENT'), { 'retry-after': '2' }));
    const fault = await faultOf(clientOf(url).resend('vrf_01', { endUser: { ip: '203.0.113.7' } }));
    expect(fault).toMatchObject({ code: 'OTP_LIMIT_RECIPIENT', status: 429, retryAfterMs: 2_000 });
    expect(seen.map((call) => call.body)).toEqual(['{"endUser":{"ip":"203.0.113.7"}}']);
  });

  it('does not take a web page for an answer', async () => {
    const { url } = await relay((response) => response.writeHead(200).end('<html>'));
    expect((await faultOf(clientOf(url).send({ to: { email: 'ana@example.com' } }))).code).toBe(
      'OTP_CLIENT_UNREADABLE',
    );
  });

  it('refuses a wrong request with every problem, before anything is sent', async () => {
    const { url, seen } = await relay(json(201, created));
    const fault = await faultOf(
      clientOf(url).send({ to: { phone: '555-0100' }, purpose: 'payment', codeLength: 6, code: '12' }),
    );
    expect(fault.code).toBe('OTP_INVALID_REQUEST');
    expect(fault.problems.map(({ path }) => path).sort()).toEqual([
      'code',
      'codeLength',
      'context',
      'to.phone',
    ]);
    expect(fault.message).not.toContain('555-0100');
    expect(seen).toHaveLength(0);
  });
});

describe("a caller's own code", () => {
  it('leaves sealed, bound to its tenant and to a day', async () => {
    const { url, seen } = await relay(json(201, created));
    await clientOf(url, { tenant: 'acme' }).send({ to: { phone: '+14155550100' }, code: '048213' });
    expect(seen[0]?.body).not.toContain('048213');
    const { sealedCode } = JSON.parse(seen[0]!.body) as { sealedCode: string };
    const { plaintext, protectedHeader } = await compactDecrypt(sealedCode, intake.privateKey);
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'intake-1' });
    const payload = JSON.parse(new TextDecoder().decode(plaintext)) as { exp: number };
    expect(payload).toMatchObject({ code: '048213', aud: 'acme' });
    expect(payload.exp * 1000 - Date.now()).toBeLessThanOrEqual(86_401_000);
  });
});

describe('the rest of the API', () => {
  it('reads and steers a verification', async () => {
    const { url, seen } = await relay(json(200, { id: 'vrf_01', entries: [] }));
    const client = clientOf(url);
    await client.get('vrf_01');
    await client.timeline('vrf_01');
    await client.next('vrf_01');
    await client.resend('vrf_01');
    await client.cancel('../keys');
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/verifications/vrf_01',
      'GET /v1/verifications/vrf_01/timeline',
      'POST /v1/verifications/vrf_01/next',
      'POST /v1/verifications/vrf_01/resend',
      'POST /v1/verifications/..%2Fkeys/cancel',
    ]);
  });

  it('does not repeat a command whose fate is unknown', async () => {
    const { url, seen } = await relay((response) => response.destroy());
    expect((await faultOf(clientOf(url).next('vrf_01'))).code).toBe('OTP_UNAVAILABLE');
    expect(seen).toHaveLength(1);
  });

  it('does nothing once closed', async () => {
    const { url, seen } = await relay(json(200, created));
    const client = clientOf(url);
    await client.close();
    expect((await faultOf(client.get('vrf_01'))).code).toBe('OTP_CLIENT_CLOSED');
    expect(seen).toHaveLength(0);
  });
});

describe('options', () => {
  it.each([
    ['no http URL', { url: 'ftp://otp', apiKey }, 'url'],
    ['a blank key', { url: 'http://otp', apiKey: ' ' }, 'apiKey'],
    ['a queue without a tenant', { redis: 'redis://127.0.0.1:1', tenant: '' }, 'tenant'],
    ['a wrong Redis URL', { redis: 'http://x', tenant: 'acme' }, 'redis'],
    ['nothing of use', { tenant: 'acme' } as never, ''],
  ])('refuses %s', (_, options, path) => {
    expect(() => new OtpClient(options)).toThrow(
      expect.objectContaining({ code: 'OTP_CLIENT_OPTIONS', problems: [expect.objectContaining({ path })] }),
    );
  });
});

describe('check over HTTP', () => {
  it('sends what was typed, with the transaction, and answers with the outcome', async () => {
    const { url, seen } = await relay(
      json(200, { id: 'vrf_01', approved: true }),
      json(422, problemOf('OTP_CHECK_FAILED')),
      json(422, problemOf('OTP_CHECK_FAILED', { attemptsRemaining: 2 })),
      json(200, { id: 'vrf_01', approved: true, guessing: true }),
      json(422, problemOf('OTP_CHECK_FAILED', { guessing: true })),
    );
    const client = clientOf(url);
    const context = { amount: '1.00', currency: 'EUR', payee: 'Ana' };
    expect(await client.check('vrf_01', '123 456', { context })).toEqual({ approved: true });
    expect(await client.check('vrf_01', '1')).toEqual({ approved: false });
    expect(await client.check('vrf_01', '1')).toEqual({ approved: false, attemptsRemaining: 2 });
    expect(await client.check('vrf_01', '1')).toEqual({ approved: true, guessing: true });
    expect(await client.check('vrf_01', '1')).toEqual({ approved: false, guessing: true });
    expect(seen.map(({ path }) => path)).toEqual(Array(5).fill('/v1/verifications/vrf_01/check'));
    expect(JSON.parse(seen[0]!.body)).toEqual({ code: '123 456', context });
    expect(JSON.parse(seen[1]!.body)).toEqual({ code: '1' });
  });

  it('is never tried again by itself: a try may be spent, a code used', async () => {
    for (const answer of [
      json(503, problemOf('OTP_UNAVAILABLE')),
      (response: ServerResponse) => response.destroy(),
    ]) {
      const { url, seen } = await relay(answer);
      expect(await faultOf(clientOf(url).check('vrf_01', '123456'))).toMatchObject({
        code: 'OTP_UNAVAILABLE',
      });
      expect(seen).toHaveLength(1);
    }
  });

  it('throws what is wrong with the request, which is no outcome', async () => {
    const problems = [{ path: 'code', problem: 'must not be empty' }];
    const { url } = await relay(json(422, problemOf('OTP_INVALID_REQUEST', { problems })));
    expect(await faultOf(clientOf(url).check('vrf_01', ''))).toMatchObject({ problems });
  });

  it('gives feedback, and leaves a channel without remembering it', async () => {
    const { url, seen } = await relay(json(200, { id: 'vrf_01' }));
    await clientOf(url).feedback('vrf_01', { converted: true });
    await clientOf(url).next('vrf_01', { remember: false });
    expect(seen.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/v1/verifications/vrf_01/feedback', { converted: true }],
      ['/v1/verifications/vrf_01/next', { remember: false }],
    ]);
  });
});
