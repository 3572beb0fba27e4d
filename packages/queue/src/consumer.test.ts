import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothBackends, waitFor } from '@otp-relay/testkit';
import { UnrecoverableError } from 'bullmq';
import { type Consumer, createConsumer } from './consumer.ts';
import type { ConsumerJob } from './consumer-job.ts';
import type { Bell } from './jobs.ts';
import { createProducer, type Producer } from './producer.ts';

const bell = (attempt: string, dueAt: number): Bell => ({
  tenant: 'acme',
  verification: 'vrf_1',
  attempt,
  dueAt,
});
const quick = { attempts: 3, baseMs: 5, maxMs: 20 };

describeOnBothBackends('consumer', (backend) => {
  let producer: Producer;
  const open: Consumer[] = [];
  const faults: string[] = [];
  const onFault = (fault: Error): void => void faults.push(fault.message);

  beforeAll(async () => {
    producer = createProducer(backend(), { onFault });
    await producer.ready();
  }, 30_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((consumer) => consumer.close({ graceMs: 2_000 })));
    faults.length = 0;
  });
  afterAll(() => producer.close());

  async function consume<T>(
    queue: 'otp' | 'otp-timeouts',
    handler: (job: ConsumerJob<T>) => Promise<unknown>,
    options: { readonly concurrency?: number; readonly now?: () => number } = {},
  ): Promise<Consumer> {
    const consumer = createConsumer<T>(backend(), queue, handler, {
      concurrency: 20,
      retries: quick,
      onFault,
      ...options,
    });
    open.push(consumer);
    await consumer.ready();
    return consumer;
  }

  it('rings bells at their time', async () => {
    const lateMs: number[] = [];
    await consume<Bell>('otp-timeouts', async ({ dueAt, promoted }) => {
      lateMs.push(Date.now() - dueAt!);
      expect(promoted).toBe(false);
    });
    const firstAt = Date.now() + 300;
    await producer.arm(Array.from({ length: 20 }, (_, n) => bell(`att_${n}`, firstAt + n * 20)));
    await producer.arm([bell('att_past', Date.now() - 500)]);
    await waitFor('21 bells', () => lateMs.length === 21);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    // Typically 4 ms; the machine may be busy, but not a second.
    expect(lateMs.toSorted((a, b) => a - b)[10]).toBeLessThan(100);
  });

  it('knows a bell that was promoted by hand', async () => {
    const rung: { id: string; promoted: boolean }[] = [];
    await consume<Bell>('otp-timeouts', async ({ id, promoted }) => void rung.push({ id, promoted }));
    const dueAt = Date.now() + 60_000;
    await producer.arm([bell('att_p', dueAt)]);
    const timeouts = producer.queues().find(({ name }) => name === 'otp-timeouts')!;
    await (await timeouts.getJob(`att_p-${dueAt}`))!.promote();
    await waitFor('the bell', () => rung.length === 1);
    expect(rung).toEqual([{ id: `att_p-${dueAt}`, promoted: true }]);
  });

  it('measures due times by the clock it is given, which may be another than this machine’s', async () => {
    const ahead = (): number => Date.now() + 60_000;
    const rung: boolean[] = [];
    await consume<Bell>('otp-timeouts', async ({ promoted }) => void rung.push(promoted), { now: ahead });
    const elsewhere = createProducer(backend(), { now: ahead });
    await elsewhere.ready();
    await elsewhere.arm([bell('att_ahead', ahead() + 200)]);
    await waitFor('the bell', () => rung.length === 1, { timeoutMs: 3_000 });
    expect(rung).toEqual([false]);
    await elsewhere.close();
  });

  it('picks a job up at once after being idle', async () => {
    const tookMs: number[] = [];
    await consume<{ at: number }>('otp', async ({ data }) => void tookMs.push(Date.now() - data.at));
    await producer.intake({ at: Date.now() });
    await waitFor('the first job', () => tookMs.length === 1);
    // Now it has nothing to do and blocks; BullMQ polls every 5 s at most, which would be far too late.
    await waitFor('an empty queue', async () => (await producer.counts()).otp.active === 0);
    await producer.intake({ at: Date.now() });
    await waitFor('the second job', () => tookMs.length === 2, { timeoutMs: 1_000 });
    expect(tookMs[1]).toBeLessThan(500);
  });

  it('tries a faulty handler again, says so, and keeps the job when all was in vain', async () => {
    const tries: number[] = [];
    await consume('otp', async ({ attemptsMade }) => {
      tries.push(attemptsMade);
      throw new Error('database away');
    });
    const jobId = await producer.intake({}, { jobId: 'hopeless' });
    await waitFor('the last try', () => faults.length === 3);
    expect(tries).toEqual([0, 1, 2]);
    const intake = producer.queues()[0]!;
    expect(await (await intake.getJob(jobId))!.getState()).toBe('failed');
    await intake.remove(jobId);
  });

  it('fails a refused job at once, without its secrets, and does not call that a fault', async () => {
    await consume<{ code: string }>('otp', async (job) => {
      await job.scrub({ tenant: 'acme', code: '[removed]' });
      throw new UnrecoverableError('OTP_INVALID_JOB: purpose is missing');
    });
    const jobId = await producer.intake({ tenant: 'acme', code: '123456' }, { jobId: 'invalid' });
    await waitFor('the failed job', async () => (await producer.counts()).otp.failed === 1);
    const kept = (await producer.queues()[0]!.getJob(jobId))!;
    expect(kept.data).toEqual({ tenant: 'acme', code: '[removed]' });
    expect(kept.failedReason).toBe('OTP_INVALID_JOB: purpose is missing');
    expect(kept.attemptsMade).toBe(1);
    expect(faults).toEqual([]);
    await kept.remove();
  });

  it('removes a job that must not be kept at all', async () => {
    let inStore: unknown;
    await consume<{ code: string }>('otp', async (job) => {
      await job.removeNow();
      inStore = (await producer.queues()[0]!.getJob(job.id))?.data;
      throw new UnrecoverableError('OTP_PLAIN_CODE');
    });
    const jobId = await producer.intake({ code: '123456' }, { jobId: 'plain-code' });
    const intake = producer.queues()[0]!;
    await waitFor('the job to be gone', async () => (await intake.getJob(jobId)) === undefined);
    expect(inStore).toEqual({});
    expect((await producer.counts()).otp.failed).toBe(0);
  });

  it('fetches nothing while paused, and goes on when resumed', async () => {
    const ran: string[] = [];
    const consumer = await consume('otp', async ({ id }) => void ran.push(id));
    await consumer.pause();
    await producer.intake({}, { jobId: 'while-paused' });
    expect((await producer.counts()).otp.waiting).toBe(1);
    expect(ran).toEqual([]);
    await consumer.resume();
    await waitFor('the job', () => ran.length === 1);
  });

  it('lets the jobs in hand end before it closes', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const consumer = await consume('otp', () => held, { concurrency: 1 });
    const jobId = await producer.intake({}, { jobId: 'in-hand' });
    await waitFor('the job to start', async () => (await producer.counts()).otp.active === 1);
    const closing = consumer.close({ graceMs: 10_000 });
    finish();
    await closing;
    expect(await producer.queues()[0]!.getJob(jobId)).toBeUndefined();
  });

  it('closes although a handler hangs; the job runs again elsewhere within seconds', async () => {
    const hanging = await consume('otp', () => new Promise<void>(() => undefined), { concurrency: 1 });
    await producer.intake({}, { jobId: 'hung' });
    await waitFor('the job to start', async () => (await producer.counts()).otp.active === 1);
    const startedAt = Date.now();
    await hanging.close({ graceMs: 100 });
    expect(Date.now() - startedAt).toBeLessThan(2_500);

    const ran: string[] = [];
    await consume('otp', async ({ id }) => void ran.push(id));
    await waitFor('the job to run again', () => ran.length === 1, { timeoutMs: 15_000 });
    expect(ran).toEqual(['hung']);
  }, 30_000);
});
