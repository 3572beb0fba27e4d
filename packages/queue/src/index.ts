export { UnrecoverableError as Refused } from 'bullmq';
export { type Consumer, type ConsumerOptions, createConsumer } from './consumer.ts';
export type { ConsumerJob } from './consumer-job.ts';
export { type Bell, bellIdOf, type EventBell, type SendJob, type SendRequest } from './jobs.ts';
export type { FaultContext, OnFault } from './on-fault.ts';
export {
  type Backlog,
  createProducer,
  type Producer,
  type ProducerOptions,
  type QueueCounts,
} from './producer.ts';
export type { PostgresBackend, QueueBackend, RedisBackend } from './queue-backend.ts';
export {
  eventsQueue,
  firstQueue,
  intakeQueue,
  type QueueName,
  queueNames,
  sendQueueOf,
  timeoutsQueue,
} from './queue-names.ts';
export { type RedisHealth, redisHealth } from './redis-health.ts';
export type { FaultRetries } from './settings.ts';
