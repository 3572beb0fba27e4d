import { createPostgresBackend, type Job, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq';
import { closeWorker } from './close-worker.ts';
import { type ConsumerJob, consumerJobOf } from './consumer-job.ts';
import type { OnFault } from './on-fault.ts';
import type { QueueBackend } from './queue-backend.ts';
import type { QueueName } from './queue-names.ts';
import {
  defaultFaultRetries,
  type FaultRetries,
  faultRetryDelayMs,
  producerTimeoutMs,
  redisMetrics,
  redisSettings,
  workerSettings,
  workerSilenceMs,
} from './settings.ts';

export interface ConsumerOptions {
  /** Jobs this process runs at the same time. */
  readonly concurrency: number;
  /** At most `max` jobs per `durationMs`, over all processes. Not for `otp-timeouts`. */
  readonly limiter?: { readonly max: number; readonly durationMs: number };
  /** How a job whose handler threw is tried again, whatever its producer asked for. */
  readonly retries?: FaultRetries;
  readonly onFault: OnFault;
  /** The clock that a bell's `dueAt` is measured by, ms; the process' own unless given. */
  readonly now?: () => number;
  /** Shown as the worker's name in Bull Board. */
  readonly name?: string;
}

/** Runs the jobs of one queue. Survives a lost connection: it reconnects within a second of the backend's return. */
export interface Consumer {
  ready(): Promise<void>;
  /** Stops fetching and waits for the jobs in hand. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops fetching, gives the jobs in hand `graceMs` to end, then leaves them to the next worker. Never hangs. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/**
 * Opens a consumer; it fetches jobs at once. A handler that returns completes (and removes) its job; one that throws is
 * tried again; one that throws {@link Refused} fails the job for good. The same job may run twice, even at the same time.
 */
export function createConsumer<T>(
  backend: QueueBackend,
  queue: QueueName,
  handler: (job: ConsumerJob<T>) => Promise<unknown>,
  options: ConsumerOptions,
): Consumer {
  const retries = options.retries ?? defaultFaultRetries;
  const now = options.now ?? Date.now;
  const running = { count: 0 };

  const run = async (job: Job<T>): Promise<unknown> => {
    // The policy is the consumer's: a job from a stranger's BullMQ has `attempts: 1` and would die of one blip.
    job.opts.attempts = Math.max(job.opts.attempts ?? 0, retries.attempts);
    job.opts.backoff = { type: 'fault' };
    running.count += 1;
    try {
      return await handler(consumerJobOf(job, now()));
    } finally {
      running.count -= 1;
    }
  };

  const worker = openWorker(backend, queue, run, {
    ...workerSettings,
    concurrency: options.concurrency,
    ...(options.limiter && { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } }),
    ...(options.name !== undefined && { name: options.name }),
    settings: { backoffStrategy: (attemptsMade: number) => faultRetryDelayMs(retries, attemptsMade) },
  });
  worker.on('error', (fault) => options.onFault(fault, { queue }));
  worker.on('failed', (job, fault) => {
    if (fault instanceof UnrecoverableError) return;
    const attemptsMade = job?.attemptsMade ?? 0;
    const final = attemptsMade >= (job?.opts.attempts ?? 0);
    options.onFault(fault, { queue, ...(job?.id !== undefined && { jobId: job.id }), attemptsMade, final });
  });

  return {
    async ready() {
      await worker.waitUntilReady();
    },
    pause: () => worker.pause(),
    resume: () => worker.resume(),
    close: ({ graceMs }) => closeWorker(worker, { graceMs, isIdle: () => running.count === 0 }),
  };
}

type WorkerSettings = Omit<WorkerOptions, 'connection'>;

function openWorker<T>(
  backend: QueueBackend,
  queue: QueueName,
  run: (job: Job<T>) => Promise<unknown>,
  settings: WorkerSettings,
): Worker<T> {
  if (backend.kind === 'redis') {
    // With null a command waits until Redis is back.
    const connection = {
      ...redisSettings,
      url: backend.url,
      maxRetriesPerRequest: null,
      socketTimeout: workerSilenceMs,
    };
    return new Worker<T>(queue, run, {
      ...settings,
      metrics: redisMetrics,
      connection,
      ...(backend.prefix === undefined ? {} : { prefix: backend.prefix }),
    });
  }
  const connection = {
    connectionString: backend.url,
    schema: backend.schema ?? 'bullmq',
    migrate: backend.migrate ?? true,
    max: 3, // plus one that listens
    connectionTimeoutMillis: producerTimeoutMs,
  };
  const worker = new Worker(queue, run, { ...settings, connection }, createPostgresBackend);
  return worker as unknown as Worker<T>;
}
