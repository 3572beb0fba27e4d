import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeOnBothBackends,
  describeWithRedis,
  freePort,
  openTcpProxy,
  startProcess,
  type TestDatabase,
  testDatabase,
  waitFor,
} from '@otp-relay/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Consumer, createConsumer } from './consumer.ts';
import type { Bell } from './jobs.ts';
import { createProducer, type Producer } from './producer.ts';
import type { QueueBackend } from './queue-backend.ts';

const bell = (attempt: string, dueAt: number): Bell => ({
  tenant: 'acme',
  verification: 'vrf_1',
  attempt,
  dueAt,
});
const ignore = (): void => undefined;

describeWithRedis(
  'when Redis goes away',
  (redis) => {
    const backend = (): QueueBackend => ({ kind: 'redis', url: redis().url, prefix: redis().prefix });
    let producer: Producer;
    const consumers: Consumer[] = [];
    beforeAll(async () => {
      producer = createProducer(backend());
      await producer.ready();
    });
    afterEach(async () => {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close({ graceMs: 1_000 })));
      await redis().restart();
    });
    afterAll(() => producer.close());

    it('consumers go on when it is back, idle and busy ones alike, and bells that were armed still ring', async () => {
      const rung: string[] = [];
      const done: string[] = [];
      const faults: string[] = [];
      const onFault = (fault: Error): void => void faults.push(fault.message);
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      consumers.push(
        createConsumer<Bell>(backend(), 'otp-timeouts', async ({ data }) => void rung.push(data.attempt), {
          concurrency: 5,
          onFault,
        }),
        createConsumer(
          backend(),
          'otp',
          async ({ id }) => {
            if (id === 'held') await held;
            done.push(id);
          },
          { concurrency: 1, onFault },
        ),
      );
      await producer.intake({}, { jobId: 'held' });
      await waitFor('the held job', async () => (await producer.counts()).otp.active === 1);
      await producer.arm([bell('att_armed', Date.now() + 1_000)]);
      await redis().kill();
      await waitFor('the loss to be noticed', () => faults.length > 0);
      finish();
      await redis().restart();
      const backAt = Date.now();
      await waitFor('the armed bell', () => rung.includes('att_armed'));
      await waitFor('the producer', () => producer.intake({}, { jobId: 'next' }));
      await producer.arm([bell('att_new', Date.now())]);
      await waitFor('the new jobs', () => done.includes('next') && rung.includes('att_new'));
      expect(Date.now() - backAt).toBeLessThan(5_000);
      await waitFor('a clean queue', async () => (await producer.counts()).otp.active === 0, {
        timeoutMs: 10_000,
      });
      // The job in hand was completed after the outage, not run twice.
      expect(done.filter((id) => id === 'held')).toHaveLength(1);
    }, 40_000);

    it('a producer says so within two seconds, and works again afterwards', async () => {
      await redis().kill();
      const startedAt = Date.now();
      await expect(producer.intake({})).rejects.toThrow();
      await expect(producer.arm([bell('att_1', 1), bell('att_2', 2)])).rejects.toThrow();
      await expect(producer.disarm([bell('att_1', 1)])).rejects.toThrow();
      await expect(producer.counts()).rejects.toThrow();
      expect(Date.now() - startedAt).toBeLessThan(2_000);
      await redis().restart();
      await waitFor('the producer', () => producer.intake({}));
    }, 20_000);

    it('a server that turned read-only in a failover is left and tried again', async () => {
      const ran: string[] = [];
      const run = async ({ id }: { id: string }): Promise<void> => void ran.push(id);
      consumers.push(createConsumer(backend(), 'otp', run, { concurrency: 1, onFault: ignore }));
      await waitFor('the producer', () => producer.intake({}, { jobId: 'writable' }));
      await waitFor('the first job', () => ran.includes('writable'));
      const admin = new Redis(redis().url);
      await admin.replicaof('127.0.0.1', await freePort());
      await expect(producer.intake({}, { jobId: 'read-only' })).rejects.toThrow();
      await admin.replicaof('NO', 'ONE');
      admin.disconnect();
      await waitFor('the producer', () => producer.intake({}, { jobId: 'writable-again' }));
      await waitFor('the job', () => ran.includes('writable-again'), { timeoutMs: 3_000 });
    }, 20_000);

    it('a producer waits for a silent Redis once, then says so at once, and works again afterwards', async () => {
      const proxy = await openTcpProxy(Number(new URL(redis().url).port));
      const far = createProducer({ ...backend(), url: `redis://127.0.0.1:${proxy.port}` } as QueueBackend);
      await far.ready();
      proxy.set({ kind: 'freeze' });
      await expect(far.intake({})).rejects.toThrow();
      const startedAt = Date.now();
      for (let n = 0; n < 5; n += 1) await expect(far.intake({})).rejects.toThrow();
      expect(Date.now() - startedAt).toBeLessThan(500);
      proxy.set({ kind: 'pass' });
      await waitFor('the producer', () => far.intake({}));
      await far.close();
      await proxy.close();
    }, 20_000);

    it('a consumer whose connections died without a word finds out by itself', async () => {
      const proxy = await openTcpProxy(Number(new URL(redis().url).port));
      const far = { ...backend(), url: `redis://127.0.0.1:${proxy.port}` } as QueueBackend;
      const ran: string[] = [];
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const run = async ({ id }: { id: string }): Promise<void> => {
        if (id === 'in-hand' && !ran.includes(id)) await held;
        ran.push(id);
      };
      consumers.push(createConsumer(far, 'otp', run, { concurrency: 2, onFault: ignore }));
      await waitFor('the producer', () => producer.intake({}, { jobId: 'in-hand' }));
      await waitFor('the job in hand', async () => (await producer.counts()).otp.active === 1);
      proxy.set({ kind: 'half-open' });
      finish();
      proxy.set({ kind: 'pass' });
      await producer.intake({}, { jobId: 'next' });
      await waitFor('the next job', () => ran.includes('next'), { timeoutMs: 20_000 });
      await waitFor('a clean queue', async () => (await producer.counts()).otp.active === 0, {
        timeoutMs: 20_000,
      });
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close({ graceMs: 1_000 })));
      await proxy.close();
    }, 50_000);

    it('close does not hang', async () => {
      const consumer = createConsumer(backend(), 'otp', async () => undefined, {
        concurrency: 1,
        onFault: ignore,
      });
      await consumer.ready();
      const lonely = createProducer(backend());
      await lonely.ready();
      await redis().kill();
      const startedAt = Date.now();
      await consumer.close({ graceMs: 30_000 });
      await lonely.close();
      expect(Date.now() - startedAt).toBeLessThan(5_000);
    }, 20_000);
  },
  { own: true },
);

describe('when nothing is there at the start', () => {
  it.each(['redis', 'postgres'] as const)(
    '%s: ready and every command reject in time, and close ends',
    async (kind) => {
      const producer = createProducer({ kind, url: `${kind}://127.0.0.1:${await freePort()}` });
      const startedAt = Date.now();
      await expect(producer.intake({})).rejects.toThrow();
      await expect(producer.ready(1_000)).rejects.toThrow();
      await producer.close();
      expect(Date.now() - startedAt).toBeLessThan(3_000);
    },
  );
});

describe('when Postgres drops every connection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  }, 90_000);
  afterAll(() => database.stop());

  it('consumers and producers go on', async () => {
    const backend: QueueBackend = { kind: 'postgres', url: database.url };
    const faults: string[] = [];
    const onFault = (fault: Error): void => void faults.push(fault.message);
    const producer = createProducer(backend, { onFault });
    await producer.ready();
    const ran: string[] = [];
    const consumer = createConsumer(backend, 'otp', async ({ id }) => void ran.push(id), {
      concurrency: 2,
      onFault,
    });
    await producer.intake({}, { jobId: 'before' });
    await waitFor('the first job', () => ran.includes('before'));

    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await admin.end();

    await waitFor('the producer', () => producer.intake({}, { jobId: 'after' }));
    await waitFor('the second job', () => ran.includes('after'), { timeoutMs: 2_000 });
    expect(faults).toContain('terminating connection due to administrator command');
    await consumer.close({ graceMs: 1_000 });
    await producer.close();
  }, 20_000);
});

describeOnBothBackends('after a power cut', (backend) => {
  it('another worker runs the job within ten seconds', async () => {
    const producer = createProducer(backend());
    await producer.ready();
    // Another process can only be given the built package.
    const doomed = await startProcess({
      args: [
        '--input-type=module',
        '-e',
        `import { createConsumer } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
         const hang = (job) => { console.log('running ' + job.id); return new Promise(() => {}); };
         createConsumer(${JSON.stringify(backend())}, 'otp', hang, { concurrency: 1, onFault: console.error });`,
      ],
    });
    await producer.intake({}, { jobId: 'job-1' });
    await doomed.waitForLine(/^running job-1$/);
    await doomed.kill();

    const diedAt = Date.now();
    const ran: string[] = [];
    const consumer = createConsumer(backend(), 'otp', async ({ id }) => void ran.push(id), {
      concurrency: 1,
      onFault: ignore,
    });
    await waitFor('the job to run again', () => ran.length === 1, { timeoutMs: 15_000 });
    expect(Date.now() - diedAt).toBeLessThan(10_000);
    await consumer.close({ graceMs: 1_000 });
    await producer.close();
  }, 40_000);
});
