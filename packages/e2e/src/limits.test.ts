import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { intakeQueue } from '@otp-relay/queue';
import { waitFor } from '@otp-relay/testkit';
import { describeWorld, phoneBook } from './world/index.ts';

describeWorld('limits', (world) => {
  const phone = phoneBook();

  it('count what is asked for: a fallback within the cool-down goes out', async () => {
    const to = phone('01');
    const id = await world().send({ to: { phone: to } });
    await world().until(
      'the SMS to arrive',
      id,
      ({ delivery, channel }) => delivery === 'delivered' && channel === 'sms',
    );
    await expect(world().client.resend(id)).rejects.toMatchObject({
      code: 'OTP_LIMIT_RECIPIENT',
      status: 429,
      retryAfterMs: expect.any(Number),
    });
    const calls = await world().simulator.calls({ to });
    expect(calls.map(({ provider }) => provider)).toEqual(['meta', 'twilio']);
  });

  it('let a request that is repeated join, whichever way it comes', async () => {
    const to = { phone: phone('00') };
    const first = await world().client.send({ to });
    expect(await world().client.send({ to })).toMatchObject({ id: first.id, deduplicated: true });
    await world().until('the message to arrive', first.id, ({ delivery }) => delivery === 'delivered');
    const job = { v: 1 as const, tenant: world().tenantId, to, purpose: 'auth' as const };
    const jobId = await world().house.producer.intake(job);
    await waitFor('the job to be done with', async () => (await jobOf(jobId)) === undefined, {
      timeoutMs: 10_000,
    });
    expect(await world().simulator.calls({ to: to.phone })).toHaveLength(1);
  });

  it('fail a job for good that is one too many, say which limit it was, and keep it for operators', async () => {
    const to = { phone: phone('00') };
    const first = await world().client.send({ to });
    await world().client.cancel(first.id);
    const data = {
      v: 1 as const,
      tenant: world().tenantId,
      to,
      purpose: 'auth' as const,
      idempotencyKey: randomUUID(),
    };
    const job = await failed(await world().house.producer.intake(data));
    expect(job.failedReason).toContain('OTP_LIMIT_RECIPIENT');
    expect(job.failedReason).toContain('to.phone');
    expect(job.attemptsMade).toBe(1);
    const { store } = world().house;
    await waitFor('the refusal to be written down', async () => {
      const refusals = await store.refusals.list(world().tenantId, { since: 0, limit: 10 });
      return refusals.some(({ code }) => code === 'OTP_LIMIT_RECIPIENT');
    });
  });

  const jobOf = async (id: string) =>
    world()
      .house.producer.queues()
      .find(({ name }) => name === intakeQueue)
      ?.getJob(id);
  const failed = (id: string) =>
    waitFor(
      'the job to fail',
      async () => {
        const job = await jobOf(id);
        return job?.failedReason ? job : undefined;
      },
      { timeoutMs: 10_000 },
    );
});
