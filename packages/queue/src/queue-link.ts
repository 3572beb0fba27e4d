import type { Queue } from 'bullmq';
import type { QueueName } from './queue-names.ts';

/** What a producer needs from a backend beyond BullMQ's own `Queue`: one shared connection and two bulk commands. */
export interface QueueLink {
  readonly queues: ReadonlyMap<QueueName, Queue>;
  /** Resolves once commands will be answered; rejects after `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>;
  /** Removes jobs that are neither active nor gone already; those are left alone silently. */
  remove(queue: QueueName, ids: readonly string[]): Promise<void>;
  /** Removes those of `ids` that rest in `failed`, and says which: their ids are taken, and would swallow a new job. */
  removeFailed(queue: QueueName, ids: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}
