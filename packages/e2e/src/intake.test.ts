import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OtpClient } from '@otp-relay/client';
import { intakeQueue } from '@otp-relay/queue';
import { waitFor } from '@otp-relay/testkit';
import type { Job, Queue } from 'bullmq';
import { describeWorld, phoneBook, type World } from './world/index.ts';

/** The verification a job led to, found by the recipient's number on the simulator's phones. */
async function arrivedAt(
  world: World,
  to: string,
): Promise<{ code: string | null; attemptId: string | null }[]> {
  const messages = await world.simulator.messages({ to, waitMs: 8_000 });
  return messages.map(({ code, attemptId }) => ({ code, attemptId }));
}

describeWorld('intake', (world) => {
  const phone = phoneBook();
  const queue = (): Queue => {
    const found = world()
      .house.producer.queues()
      .find((q) => q.name === intakeQueue);
    if (!found) throw new Error('there is no intake queue');
    return found;
  };
  const failed = (jobId: string): Promise<Job> =>
    waitFor('the job to fail', async () => (await queue().getFailed()).find((job) => job.id === jobId), {
      timeoutMs: 10_000,
    });

  describe('a raw BullMQ job', () => {
    it('is sent, with a code made for it', async () => {
      const to = phone('00');
      await queue().add('otp', { v: 1, tenant: world().tenantId, to: { phone: to }, purpose: 'auth' });
      const [message] = await arrivedAt(world(), to);
      expect(message?.code).toMatch(/^\d{6}$/);
    });

    it('is sent once when its idempotency key comes twice', async () => {
      const to = phone('00');
      const job = { v: 1, tenant: world().tenantId, to: { phone: to }, idempotencyKey: randomUUID() };
      await queue().addBulk([1, 2, 3].map(() => ({ name: 'otp', data: job })));
      await waitFor(
        'the queue to drain',
        async () => (await queue().getJobCountByTypes('waiting', 'active')) === 0,
      );
      await arrivedAt(world(), to);
      const calls = await world().simulator.calls({ to });
      expect(calls).toHaveLength(1);
    });

    it('fails with every problem named, keeps nothing of its payload, and is recorded', async () => {
      const jobId = `bad-${randomUUID()}`;
      const data = {
        v: 1,
        tenant: world().tenantId,
        to: { phone: '004915112345678' },
        purpose: 'login',
        colour: 'crimson',
      };
      await queue().add('otp', data, { jobId });
      const job = await failed(jobId);
      for (const name of ['to.phone', 'purpose', 'colour']) expect(job.failedReason).toContain(name);
      const shown = JSON.stringify(job.asJSON());
      for (const value of ['15112345678', 'crimson', 'login']) expect(shown).not.toContain(value);
      const recorded = await world().house.store.rejectedJobs.list(50);
      const paths = recorded.find((r) => r.jobId === jobId)?.problems.map((p) => p.path);
      expect(paths).toEqual(expect.arrayContaining(['to.phone', 'purpose', 'colour']));
    });

    it('is refused and erased at once when it carries a code in the open', async () => {
      const jobId = `open-${randomUUID()}`;
      const to = phone('00');
      await queue().add(
        'otp',
        { v: 1, tenant: world().tenantId, to: { phone: to }, code: '731905' },
        { jobId },
      );
      await waitFor('the job to be gone', async () => (await queue().getJob(jobId)) === undefined, {
        timeoutMs: 10_000,
      });
      const recorded = await world().house.store.rejectedJobs.list(50);
      expect(JSON.stringify(recorded.find((r) => r.jobId === jobId))).toContain('OTP_PLAINTEXT_CODE');
      expect(await world().simulator.messages({ to })).toEqual([]);
    });

    it('names an unknown tenant and an unreachable recipient', async () => {
      const [stranger, unreachable] = [`stranger-${randomUUID()}`, `unreachable-${randomUUID()}`];
      await queue().add('otp', { v: 1, tenant: 'nobody', to: { phone: phone('00') } }, { jobId: stranger });
      await queue().add(
        'otp',
        { v: 1, tenant: world().tenantId, to: { email: 'a@example.test' }, route: ['whatsapp', 'sms'] },
        { jobId: unreachable },
      );
      expect((await failed(stranger)).failedReason).toContain('OTP_UNKNOWN_TENANT');
      expect((await failed(unreachable)).failedReason).toContain('to.phone');
    });
  });

  describe('the client', () => {
    let viaQueue: OtpClient;
    beforeAll(() => {
      const { backend } = world().house;
      const where =
        backend.kind === 'redis'
          ? { redis: backend.url, prefix: backend.prefix }
          : { postgres: backend.url, schema: backend.schema };
      viaQueue = new OtpClient({
        ...where,
        tenant: world().tenantId,
        jwksUrl: `${world().apiUrl}/.well-known/jwks.json`,
      } as ConstructorParameters<typeof OtpClient>[0]);
    });
    afterAll(() => viaQueue.close());

    it('enqueues through BullMQ, the code sealed before it leaves', async () => {
      const to = phone('00');
      await viaQueue.send({ to: { phone: to }, purpose: 'auth', code: '482913' });
      expect((await arrivedAt(world(), to)).map((m) => m.code)).toEqual(['482913']);
    });

    it('sends its own code over http, sealed', async () => {
      const to = phone('00');
      await world().client.send({ to: { phone: to }, code: 'K7-PX9' });
      expect((await arrivedAt(world(), to)).map((m) => m.code)).toEqual(['K7-PX9']);
    });

    it('gets the same verification for the same idempotency key, and a conflict for another request', async () => {
      const idempotencyKey = randomUUID();
      const request = { to: { phone: phone('00') }, idempotencyKey };
      const first = await world().client.send(request);
      const again = await world().client.send(request);
      expect(again).toMatchObject({ id: first.id, deduplicated: true });
      await expect(world().client.send({ ...request, to: { phone: phone('00') } })).rejects.toMatchObject({
        code: 'OTP_IDEMPOTENCY_CONFLICT',
      });
    });

    it('joins a running verification for the same recipient and purpose', async () => {
      const request = { to: { phone: phone('02') } };
      const first = await world().client.send(request);
      const second = await world().client.send(request);
      expect(second).toMatchObject({ id: first.id, deduplicated: true });
      const other = await world().client.send({ ...request, purpose: 'password_reset' as const });
      expect(other.id).not.toBe(first.id);
    });

    it('answers bad input with every field named', async () => {
      const bad = { to: { phone: '+1' }, purpose: 'nonsense', lifeMs: 5 };
      const response = await fetch(`${world().apiUrl}/v1/verifications`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world().apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(bad),
      });
      expect(response.status).toBe(422);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const problem = (await response.json()) as { code: string; problems: { path: string }[] };
      expect(problem.code).toBe('OTP_INVALID_REQUEST');
      expect(problem.problems.map((p) => p.path)).toEqual(
        expect.arrayContaining(['to.phone', 'purpose', 'lifeMs']),
      );
    });
  });
});
