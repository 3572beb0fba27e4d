import { createHash } from 'node:crypto';
import type { OtpJobInput } from '@otp-relay/contracts';
import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { PostgresOptions, RedisOptions } from './options.ts';
import { OtpClientFault } from './otp-client-fault.ts';

/** BullMQ's queue `otp`, where any service may put a job. */
export interface QueueDoor {
  /** Adds the job under an id derived from its idempotency key: the same key again is the same job. Throws `OTP_UNAVAILABLE`. */
  add(job: OtpJobInput & { readonly idempotencyKey: string }): Promise<{ readonly jobId: string }>;
  close(): Promise<void>;
}

const queueName = 'otp';
const defaultPrefix = 'otp_queue';

/** A ':' is not allowed in a job id, and a tenant has none: the pair cannot be read in two ways. */
export const jobIdOf = (tenant: string, idempotencyKey: string): string =>
  `idem-${createHash('sha256').update(`${tenant}:${idempotencyKey}`).digest('hex')}`;

export function openQueueDoor(options: RedisOptions | PostgresOptions): QueueDoor {
  const { timeoutMs = 2_000 } = options;
  const link = 'redis' in options ? openRedis(options, timeoutMs) : openPostgres(options);
  const away = (cause?: unknown): OtpClientFault =>
    new OtpClientFault(
      'OTP_UNAVAILABLE',
      `The queue did not answer within ${timeoutMs} ms; nothing may be queued.`,
      { cause },
    );
  let closed = false;

  return {
    async add(job) {
      if (closed) throw new OtpClientFault('OTP_CLIENT_CLOSED', 'The client is closed.');
      const jobId = jobIdOf(job.tenant, job.idempotencyKey);
      let timer: NodeJS.Timeout | undefined;
      const expired = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(away()), timeoutMs);
      });
      const adding = link.ready().then(() => addOnce(link.queue, jobId, job));
      try {
        await Promise.race([adding, expired]);
      } catch (fault) {
        throw fault instanceof OtpClientFault ? fault : away(fault);
      } finally {
        clearTimeout(timer);
        adding.catch(() => undefined);
      }
      return { jobId };
    },
    async close() {
      if (closed) return;
      closed = true;
      await link.close();
    },
  };
}

/** BullMQ ignores a job whose id is taken, and one that failed for good keeps its id for days: that one makes room. */
async function addOnce(queue: Queue, jobId: string, job: OtpJobInput): Promise<void> {
  const added = await queue.add('send', job, { jobId });
  if (!(await added.isFailed())) return;
  await queue.remove(jobId);
  await queue.add('send', job, { jobId });
}

interface Link {
  readonly queue: Queue;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

function openRedis({ redis: target, prefix = defaultPrefix }: RedisOptions, timeoutMs: number): Link {
  const own = typeof target === 'string' ? ownRedis(target, timeoutMs) : undefined;
  const redis = own ?? (target as Redis);
  const queue = new Queue(queueName, {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  queue.on('error', () => undefined); // what matters rejects the `add` that meets it
  return {
    queue,
    async ready() {
      if (redis.status !== 'ready')
        await new Promise<void>((resolve) => void redis.once('ready', () => resolve()));
    },
    async close() {
      await queue.close();
      own?.disconnect();
    },
  };
}

/** Fails fast: while Redis is away a command is refused instead of waiting in this process. */
function ownRedis(url: string, timeoutMs: number): Redis {
  const redis = new Redis(url, {
    connectionName: 'otp-relay-client',
    enableOfflineQueue: false,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1_000),
  });
  redis.on('error', () => undefined);
  return redis;
}

/** The relay owns and migrates the schema; a client only adds to it. */
function openPostgres({ postgres, schema = defaultPrefix }: PostgresOptions): Link {
  const connection = { connectionString: postgres, schema, migrate: false, max: 2 };
  const queue = new Queue(
    queueName,
    { connection, skipMetasUpdate: true },
    createPostgresBackend,
  ) as unknown as Queue;
  queue.on('error', () => undefined);
  return { queue, ready: () => queue.waitUntilReady(), close: () => queue.close() };
}
