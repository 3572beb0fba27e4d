import { type Channel, channels } from '@otp-relay/core';

/** The send queue of a channel: a bulkhead with its own concurrency, limiter and pause button. */
export const sendQueueOf = <C extends Channel>(channel: C): `otp-send-${C}` => `otp-send-${channel}`;

/** The public door: what any service puts in here is parsed, then accepted or refused. */
export const intakeQueue = 'otp';
/** Attempts, of any channel, whose tenant has hardly anybody waiting while others have: hands of its own (ADR 0020). */
export const firstQueue = 'otp-send-first';
/** Delayed bells only, never rate-limited: a timer needs a free worker. */
export const timeoutsQueue = 'otp-timeouts';
/** Webhooks to tenants. */
export const eventsQueue = 'otp-events';

/** Every queue of the product, in the order an operator reads them. */
export const queueNames = [
  intakeQueue,
  ...channels.map((channel) => sendQueueOf(channel)),
  firstQueue,
  timeoutsQueue,
  eventsQueue,
] as const;
export type QueueName = (typeof queueNames)[number];
