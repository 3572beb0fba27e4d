import { hostname } from 'node:os';
import type { Channel } from '@otp-relay/core';
import type { Courier, Engine, House } from '@otp-relay/engine';
import {
  type Bell,
  type Consumer,
  createConsumer,
  type EventBell,
  eventsQueue,
  firstQueue,
  intakeQueue,
  type SendJob,
  sendQueueOf,
  timeoutsQueue,
} from '@otp-relay/queue';
import type { Logger } from '@otp-relay/runtime';
import { concurrencyOf, type WorkerConfig } from './config.ts';
import { intake } from './intake.ts';

/** Bells are cheap and must never wait for each other. */
const bellConcurrency = 200;

const entriesOf = (most: Partial<Record<Channel, number>>) => Object.entries(most) as [Channel, number][];

/** Consumes every queue this worker serves; resolves when all are fetching. */
export async function startConsumers(
  engine: Engine,
  courier: Courier,
  house: House,
  config: WorkerConfig,
  log: Logger,
): Promise<{ close(graceMs: number): Promise<void> }> {
  const { backend, clock } = house;
  // Bull Board shows who has a job in hand, and who had it before it died.
  const name = `${hostname()}-${process.pid}`;
  const onFault = (fault: unknown, about: object): void =>
    log.error({ err: fault, ...about }, 'a job or its queue has trouble');
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
    ...entriesOf(concurrencyOf(config)).map(([channel, concurrency]) =>
      createConsumer<SendJob>(backend, sendQueueOf(channel), (job) => engine.perform(job.data), {
        concurrency,
        onFault,
        name,
      }),
    ),
    createConsumer<SendJob>(backend, firstQueue, (job) => engine.perform(job.data), {
      concurrency: Math.max(...entriesOf(concurrencyOf(config)).map(([, concurrency]) => concurrency)),
      onFault,
      name,
    }),
    createConsumer<Bell>(backend, timeoutsQueue, (job) => engine.ring(job.data, job.promoted), {
      concurrency: bellConcurrency,
      onFault,
      now: clock.now,
      name,
    }),
    // Bells, too: what they tell of is done beside the queue, so that no slow receiver holds it up.
    createConsumer<EventBell>(backend, eventsQueue, async (job) => courier.ring(job.data), {
      concurrency: bellConcurrency,
      onFault,
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
