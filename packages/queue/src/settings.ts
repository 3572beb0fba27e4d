import { randomInt } from 'node:crypto';
/**
 * The numbers every worker and queue runs with. BullMQ's defaults lose one-time codes: with them a job of a killed
 * worker runs again after 57 s (measured), and its second stall fails it for good.
 */
export const workerSettings = {
  /** A worker that is silent this long has lost its job. Renewed every 2.5 s; a blocked event loop is the risk. */
  lockDuration: 5_000,
  /** A lost lock is looked for once a second, by one worker for all (ADR 0024). */
  stalledInterval: 1_000,
  /** A deploy loop may kill the same job many times; attempts are fenced, so running it again is safe. */
  maxStalledCount: 100_000,
  /** BullMQ sleeps 15 s after a failed fetch unless told otherwise: longer than a step's whole timeout. */
  runRetryDelay: 500,
  removeOnComplete: { count: 0 },
  /** Failed jobs stay visible for three days or until 5,000 newer ones failed. */
  removeOnFail: { age: 3 * 24 * 3_600, count: 5_000 },
} as const;

/** A day of finished jobs per minute, for Bull Board's charts. On Postgres that would cost a query per job. */
export const redisMetrics = { maxDataPoints: 24 * 60 } as const;

/** Nobody reads the event streams but an operator's QueueEvents; they need to be short, not long. */
export const eventStreamLength = 500;

/** Redis and Postgres come back in seconds; so must we: first after 100 ms, then at most a second apart. */
export const reconnectDelayMs = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), 1_000);

/** What all our Redis connections share; they differ in how long a command may wait. */
export const redisSettings = {
  connectTimeout: 5_000,
  retryStrategy: reconnectDelayMs,
  /** After a failover the old primary refuses writes on a connection that is otherwise fine: leave it, and send again. */
  reconnectOnError: (fault: Error): false | 2 => (fault.message.includes('READONLY') ? 2 : false),
  /** ioredis keeps the process alive this long when it hangs up on a server that is gone already (2 s by default). */
  disconnectTimeout: 250,
} as const;

/** How long a producer may wait for one answer before its caller is told that the queue is away. */
export const producerTimeoutMs = 1_200;

/**
 * A producer's connection that stays silent this long is given up: what comes next is refused at once instead of waiting
 * in line behind a Redis that does not answer. Shorter than the timeout, or the next command would still be sent to it.
 */
export const producerSilenceMs = 1_000;

/**
 * A worker's connection that stays silent this long is dead, though nobody said so: a cut cable, a NAT that forgot. Must
 * be longer than BullMQ waits for a job in one call (10 s), on an idle connection that is normal.
 */
export const workerSilenceMs = 12_000;

/** How the consumer spaces the tries of a job whose handler threw: doubling, with half of each wait random. */
export interface FaultRetries {
  readonly attempts: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

/** About 25 s of patience: a database restart, not an outage. */
export const defaultFaultRetries: FaultRetries = { attempts: 8, baseMs: 200, maxMs: 15_000 };

const chance = (): number => randomInt(1_000_000) / 1_000_000;

export function faultRetryDelayMs(retries: FaultRetries, attemptsMade: number, random = chance): number {
  const full = Math.min(retries.baseMs * 2 ** Math.max(attemptsMade - 1, 0), retries.maxMs);
  return Math.round(full / 2 + (random() * full) / 2);
}
