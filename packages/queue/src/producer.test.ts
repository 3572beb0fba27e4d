import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothBackends, waitFor } from '@otp-relay/testkit';
import { createConsumer } from './consumer.ts';
import type { Bell, SendJob } from './jobs.ts';
import { createProducer, type Producer } from './producer.ts';
import { queueNames } from './queue-names.ts';

const sendJob = (attempt: string): SendJob => ({
  v: 1,
  tenant: 'acme',
  verification: `vrf_${attempt}`,
  attempt,
});
const bell = (attempt: string, dueAt: number): Bell => ({
  tenant: 'acme',
  verification: 'vrf_1',
  attempt,
  dueAt,
});

const faults: Error[] = [];
const onFault = (fault: Error): void => void faults.push(fault);

describeOnBothBackends('producer', (backend) => {
  let producer: Producer;
  beforeAll(async () => {
    // Several processes start at once on an empty database: each migrates, one does the work.
    const started = [1, 2, 3].map(() => createProducer(backend(), { onFault }));
    await Promise.all(started.map((one) => one.ready()));
    producer = started[0]!;
    await Promise.all(started.slice(1).map((one) => one.close()));
  }, 30_000);
  afterAll(async () => {
    await producer.close();
    expect(faults).toEqual([]);
  });

  const queue = (name: string) => producer.queues().find((one) => one.name === name)!;

  it('offers every queue, in reading order, to Bull Board', () => {
    expect(producer.queues().map((one) => one.name)).toEqual([...queueNames]);
  });

  it('enqueues in bulk, per channel, under the attempt ids', async () => {
    await producer.enqueue([
      { channel: 'whatsapp', job: sendJob('att_w1'), delayMs: 0 },
      { channel: 'whatsapp', job: sendJob('att_w2'), delayMs: 0, priority: 7 },
      { channel: 'email', job: sendJob('att_e1'), delayMs: 60_000 },
    ]);
    const counts = await producer.counts();
    expect(counts['otp-send-whatsapp']).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0 });
    expect(counts['otp-send-email']).toEqual({ waiting: 0, active: 0, delayed: 1, failed: 0 });
    expect((await queue('otp-send-whatsapp').getJob('att_w2'))?.data).toEqual(sendJob('att_w2'));
    expect((await queue('otp-send-whatsapp').getJob('att_w2'))?.priority).toBe(7);
  });

  it('says what waits in each send queue, and which priority is next', async () => {
    const before = await producer.backlog();
    expect(before.get('otp-send-voice')).toEqual({ waiting: 0, paused: false });
    const requests = [9, 5, 7].map((priority) => ({
      channel: 'voice' as const,
      job: sendJob(`att_v${priority}`),
      delayMs: 0,
      priority,
    }));
    await producer.enqueue(requests);
    expect((await producer.backlog()).get('otp-send-voice')).toEqual({ waiting: 3, head: 5, paused: false });
  });

  it('leaves a job that waits already as it is', async () => {
    const twice = [
      { channel: 'rcs' as const, job: sendJob('att_r1'), delayMs: 0 },
      { channel: 'rcs' as const, job: sendJob('att_r2'), delayMs: 0 },
    ];
    await producer.enqueue(twice);
    await producer.enqueue(twice);
    await producer.enqueue(twice.slice(0, 1));
    expect((await producer.counts())['otp-send-rcs'].waiting).toBe(2);
  });

  it('rings again for an attempt that completed, and for one that failed for good', async () => {
    const ran: string[] = [];
    let broken = true;
    const consumer = createConsumer<SendJob>(
      backend(),
      'otp-send-sms',
      async ({ id }) => {
        ran.push(id);
        if (broken && id === 'att_bad') throw new Error('broken');
      },
      { concurrency: 1, retries: { attempts: 1, baseMs: 1, maxMs: 1 }, onFault: () => undefined },
    );
    const requests = ['att_good', 'att_bad'].map((id) => ({
      channel: 'sms' as const,
      job: sendJob(id),
      delayMs: 0,
    }));
    await producer.enqueue(requests);
    await waitFor('the failed job', async () => (await producer.counts())['otp-send-sms'].failed === 1);
    broken = false;
    await producer.enqueue(requests);
    await waitFor('both to run again', () => ran.length === 4);
    await waitFor('nothing left', async () => {
      const { waiting, active, failed } = (await producer.counts())['otp-send-sms'];
      return waiting + active + failed === 0;
    });
    expect(ran.toSorted()).toEqual(['att_bad', 'att_bad', 'att_good', 'att_good']);
    await consumer.close({ graceMs: 1_000 });
  });

  it('disarms bells in bulk, and minds neither the missing nor the ringing', async () => {
    const dueAt = Date.now() + 60_000;
    const bells = Array.from({ length: 50 }, (_, n) => bell(`att_${n}`, dueAt));
    await producer.arm(bells);
    expect((await producer.counts())['otp-timeouts'].delayed).toBe(50);

    let ring = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      ring = resolve;
    });
    const consumer = createConsumer(backend(), 'otp-timeouts', () => held, { concurrency: 1, onFault });
    const now = bell('att_now', Date.now());
    await producer.arm([now]);
    await waitFor('the bell to ring', async () => (await producer.counts())['otp-timeouts'].active === 1);

    await producer.disarm([...bells, now, { attempt: 'att_never', dueAt }]);
    expect((await producer.counts())['otp-timeouts']).toMatchObject({ delayed: 0, active: 1 });
    ring();
    await consumer.close({ graceMs: 1_000 });
  });

  it('arms nothing, enqueues nothing, disarms nothing without complaint', async () => {
    await producer.arm([]);
    await producer.disarm([]);
    await producer.enqueue([]);
    await producer.publish([]);
    expect(faults).toEqual([]);
  });

  it('takes anything in at the public door, under the id the caller chose', async () => {
    expect(await producer.intake({ v: 1, tenant: 'acme' }, { jobId: 'order-17' })).toBe('order-17');
    expect(await producer.intake({ v: 1, tenant: 'acme' }, { jobId: 'order-17' })).toBe('order-17');
    const id = await producer.intake('not even an object');
    expect((await queue('otp').getJob(id))?.data).toBe('not even an object');
    expect((await producer.counts()).otp.waiting).toBe(2);
    await expect(producer.intake({}, { jobId: 'a:b' })).rejects.toThrow('cannot contain :');
  });

  it('says once a second at most that something is due at a webhook', async () => {
    const bells = ['main', 'audit', 'main'].map((webhook) => ({ tenant: 'acme', webhook }));
    for (const bell of bells) await producer.publish([bell]);
    const jobs = await queue('otp-events').getJobs(['waiting']);
    expect(new Set(jobs.map((job) => JSON.stringify(job.data))).size).toBe(2);
    expect(jobs.length).toBeLessThanOrEqual(3);
    const [id, at] = [jobs[0]?.id ?? '', Math.floor(Date.now() / 1_000)];
    expect(Math.abs(Number(id.split('.')[2]) - at)).toBeLessThan(60);
  });
});
