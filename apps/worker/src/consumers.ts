import { hostname } from 'node:os';
import type { Channel } from '@otp-relay/core';
import type { Engine, House } from '@otp-relay/engine';
import {
  type Bell,
  type Consumer,
  createConsumer,
  intakeQueue,
  type SendJob,
  sendQueueOf,
  timeoutsQueue,
} from '@otp-relay/queue';
import type { Logger } from '@otp-relay/runtime';
import type { WorkerConfig } from './config.ts';
import { intake } from './intake.ts';

/** Bells are cheap and must never wait for each other. */
const bellConcurrency = 200;

/** Consumes every queue this worker serves; resolves when all are fetching. */
export async function startConsumers(
  engine: Engine,
  house: House,
  config: WorkerConfig,
  log: Logger,
): Promise<{ close(graceMs: number): Promise<void> }> {
  const { backend, clock } = house;
  // Bull Board shows who has a job in hand, and who had it before it died.
  const name = `${hostname()}-${process.pid}`;
  const onFault = (fault: unknown, about: object): void =>
    log.error({ err: fault, ...about }, 'a job or its queue has trouble');
  const sending: readonly [Channel, number][] = [
    ['whatsapp', config.OTP_WHATSAPP_CONCURRENCY],
    ['sms', config.OTP_SMS_CONCURRENCY],
    ['email', config.OTP_EMAIL_CONCURRENCY],
  ];
  const stopping = new AbortController();
  const consumers: Consumer[] = [
    createConsumer<unknown>(
      backend,
      intakeQueue,
      (job) => intake(job, engine, house.store, stopping.signal),
      {
        concurrency: config.OTP_INTAKE_CONCURRENCY,
        onFault,
        name,
      },
    ),
    ...sending.map(([channel, concurrency]) =>
      createConsumer<SendJob>(backend, sendQueueOf(channel), (job) => engine.perform(job.data), {
        concurrency,
        onFault,
        name,
      }),
    ),
    createConsumer<Bell>(backend, timeoutsQueue, (job) => engine.ring(job.data, job.promoted), {
      concurrency: bellConcurrency,
      onFault,
      now: clock.now,
      name,
    }),
  ];
  await Promise.all(consumers.map((consumer) => consumer.ready()));
  return {
    async close(graceMs) {
      stopping.abort();
      await Promise.all(consumers.map((consumer) => consumer.close({ graceMs })));
    },
  };
}
