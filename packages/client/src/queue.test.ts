import { afterEach, describe, expect, it } from '@jest/globals';
import { describeOnBothBackends, describeWithRedis, type TestBackend, waitFor } from '@otp-relay/testkit';
import { createPostgresBackend, Queue, UnrecoverableError, Worker } from 'bullmq';
import { exportJWK, generateKeyPair } from 'jose';
import { OtpClient } from './otp-client.ts';
import type { OtpClientFault } from './otp-client-fault.ts';
import { jobIdOf } from './queue-door.ts';

const to = { phone: '+14155550100' };
const schema = 'otp_queue';
const open: { close(): Promise<unknown> }[] = [];
const opened = <T extends { close(): Promise<unknown> }>(it: T): T => {
  open.unshift(it);
  return it;
};
afterEach(async () => {
  for (const it of open.splice(0)) await it.close();
});

const settingsOf = (backend: TestBackend) =>
  backend.kind === 'redis'
    ? { connection: { url: backend.url }, prefix: backend.prefix }
    : { connection: { connectionString: backend.url, schema, migrate: true } };
const factoryOf = (backend: TestBackend) =>
  backend.kind === 'redis' ? undefined : (createPostgresBackend as never);

/** The relay's side of the queue, which owns the schema on Postgres. */
async function relayQueue(backend: TestBackend): Promise<Queue> {
  const queue = opened(new Queue('otp', settingsOf(backend) as never, factoryOf(backend)));
  await queue.waitUntilReady();
  return queue;
}
const clientOf = (backend: TestBackend) =>
  opened(
    backend.kind === 'redis'
      ? new OtpClient({ redis: backend.url, prefix: backend.prefix, tenant: 'acme' })
      : new OtpClient({ postgres: backend.url, tenant: 'acme' }),
  );
const faultOf = (promise: Promise<unknown>): Promise<OtpClientFault> =>
  promise.then(
    () => {
      throw new Error('it went through');
    },
    (fault) => fault,
  );

describeOnBothBackends('send through the queue', (backend) => {
  it('adds one job that names its tenant and its key', async () => {
    const queue = await relayQueue(backend());
    const { jobId } = await clientOf(backend()).send({ to, purpose: 'auth', locale: 'pt-BR' });
    const job = await queue.getJob(jobId);
    expect(job?.data).toEqual({
      v: 1,
      tenant: 'acme',
      to,
      purpose: 'auth',
      locale: 'pt-BR',
      idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('makes the same key the same job', async () => {
    const queue = await relayQueue(backend());
    const client = clientOf(backend());
    const before = await queue.count();
    const first = await client.send({ to, idempotencyKey: 'login-42' });
    const second = await client.send({ to, idempotencyKey: 'login-42' });
    expect(second.jobId).toBe(first.jobId);
    expect(first.jobId).toMatch(/^idem-[0-9a-f]{64}$/);
    expect(await queue.count()).toBe(before + 1);
  });

  it('makes room for a key whose job failed for good', async () => {
    const queue = await relayQueue(backend());
    await queue.obliterate({ force: true });
    const client = clientOf(backend());
    const { jobId } = await client.send({ to, idempotencyKey: 'login-43' });
    const refusing = new Worker(
      'otp',
      () => Promise.reject(new UnrecoverableError('no')),
      settingsOf(backend()) as never,
      factoryOf(backend()),
    );
    refusing.on('error', () => undefined);
    await waitFor('the job to fail', async () => (await queue.getJob(jobId))?.isFailed());
    await refusing.close();
    await client.send({ to, idempotencyKey: 'login-43' });
    expect(await queue.getJobState(jobId)).toBe('waiting');
  });

  it('never holds a code in the open', async () => {
    const queue = await relayQueue(backend());
    const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'intake-1' }] };
    const it = backend();
    const client = opened(
      it.kind === 'redis'
        ? new OtpClient({ redis: it.url, prefix: it.prefix, tenant: 'acme', jwks })
        : new OtpClient({ postgres: it.url, tenant: 'acme', jwks }),
    );
    const { jobId } = await client.send({ to, code: '048213' });
    const data = JSON.stringify((await queue.getJob(jobId))?.data);
    expect(data).toMatch(/"sealedCode":"[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+"/);
    expect(data).not.toContain('048213');
  });

  it('sends no code without a key to seal it with', async () => {
    await relayQueue(backend());
    const fault = await faultOf(clientOf(backend()).send({ to, code: '048213' }));
    expect(fault.code).toBe('OTP_CLIENT_NO_KEYS');
  });
});

describe('send while the queue is away', () => {
  it('says so soon', async () => {
    const client = opened(new OtpClient({ redis: 'redis://127.0.0.1:1', tenant: 'acme', timeoutMs: 200 }));
    const startedAt = performance.now();
    const fault = await faultOf(client.send({ to }));
    expect(fault).toMatchObject({ code: 'OTP_UNAVAILABLE', retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describeWithRedis(
  'a Redis that goes and comes back',
  (redis) => {
    it('is used again without a new client', async () => {
      const client = opened(new OtpClient({ redis: redis().url, prefix: redis().prefix, tenant: 'acme' }));
      await client.send({ to, idempotencyKey: 'a' });
      await redis().kill();
      expect((await faultOf(client.send({ to, idempotencyKey: 'b' }))).code).toBe('OTP_UNAVAILABLE');
      await redis().restart();
      const sent = await waitFor('Redis to be used again', () => client.send({ to, idempotencyKey: 'b' }));
      expect(sent.jobId).toBe(jobIdOf('acme', 'b'));
    }, 30_000);
  },
  { own: true },
);
