import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createDeadline } from './deadline.ts';
import type { OnFault } from './on-fault.ts';
import type { RedisBackend } from './queue-backend.ts';
import type { QueueLink } from './queue-link.ts';
import { type QueueName, queueNames } from './queue-names.ts';
import { eventStreamLength, producerSilenceMs, producerTimeoutMs, redisSettings } from './settings.ts';

/** One connection for all queues, on which a command fails within {@link producerTimeoutMs} when Redis is away. */
export function openRedisLink(backend: RedisBackend, onFault: OnFault): QueueLink {
  const redis = new Redis(backend.url, {
    ...redisSettings,
    connectionName: 'otp-relay-producer',
    // While disconnected a command is refused at once; a silent Redis is found out by the timeout.
    enableOfflineQueue: false,
    commandTimeout: producerTimeoutMs,
    socketTimeout: producerSilenceMs,
    maxRetriesPerRequest: 1,
    // Commands of one tick (the removals of `disarm`) travel in one write. Never on a worker's connection.
    enableAutoPipelining: true,
  });
  redis.on('error', (fault) => onFault(fault, { queue: '*' }));

  const queues = new Map(queueNames.map((name) => [name, openQueue(name, redis, backend, onFault)] as const));

  // BullMQ would write this once at start, when we are not connected yet. A Redis that came back empty needs it again.
  let metaWritten: Promise<unknown> = Promise.resolve();
  redis.on('ready', () => {
    const writes = [...queues.values()].map((queue) => queue.getBackend().setQueueMeta(queue.metaValues));
    metaWritten = Promise.all(writes).catch((fault: Error) => onFault(fault, { queue: '*' }));
  });
  const connected = async (): Promise<void> => {
    if (redis.status !== 'ready')
      await new Promise<void>((resolve) => void redis.once('ready', () => resolve()));
    await metaWritten;
  };

  return {
    queues,

    async ready(timeoutMs) {
      const deadline = createDeadline(timeoutMs, 'Redis did not answer');
      await Promise.race([connected(), deadline.expired]).finally(deadline.clear);
    },

    async remove(name, ids) {
      const queue = queueOf(queues, name);
      await Promise.all(ids.map((id) => queue.remove(id, { removeChildren: false })));
    },

    async removeFailed(name, ids) {
      const queue = queueOf(queues, name);
      const scores = await redis.zmscore(queue.toKey('failed'), ...ids);
      const failed = ids.filter((_, index) => scores[index] !== null);
      await Promise.all(failed.map((id) => queue.remove(id, { removeChildren: false })));
      return failed;
    },

    async close() {
      await metaWritten;
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

function openQueue(name: QueueName, redis: Redis, backend: RedisBackend, onFault: OnFault): Queue {
  const queue = new Queue(name, {
    connection: redis,
    ...(backend.prefix === undefined ? {} : { prefix: backend.prefix }),
    streams: { events: { maxLen: eventStreamLength } },
    skipMetasUpdate: true,
    // Both of these would wait for, or ask, a Redis that may be away.
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  queue.on('error', (fault) => onFault(fault, { queue: name }));
  return queue;
}

function queueOf(queues: ReadonlyMap<QueueName, Queue>, name: QueueName): Queue {
  const queue = queues.get(name);
  if (!queue) throw new Error(`no such queue: ${name}`);
  return queue;
}
