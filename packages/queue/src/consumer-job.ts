import type { Job } from 'bullmq';

/** A bell that runs this much before its own due time was promoted by hand. */
const promotedAfterMs = 1_000;

/** What a handler sees of a job. */
export interface ConsumerJob<T> {
  readonly id: string;
  readonly name: string;
  readonly data: T;
  /** When a bell was to ring, ms; absent on every other job. */
  readonly dueAt?: number;
  /** True for a bell an operator promoted in Bull Board: it runs well before its own due time. */
  readonly promoted: boolean;
  /** How often the handler has thrown on this job before. */
  readonly attemptsMade: number;
  /** Replaces the stored data for good, before the job is kept in `failed` for people to see. */
  scrub(safeData: object): Promise<void>;
  /** Erases the stored data now, and the job itself as soon as the handler has returned or thrown {@link Refused}. */
  removeNow(): Promise<void>;
}

/** Wraps a BullMQ job for a handler; `now` by the clock that `dueAt` is measured by. */
export function consumerJobOf<T>(job: Job<T>, now: number): ConsumerJob<T> {
  const dueAt = dueAtOf(job.data);
  return {
    id: job.id ?? '',
    name: job.name,
    data: job.data,
    ...(dueAt === undefined ? {} : { dueAt }),
    promoted: dueAt !== undefined && now < dueAt - promotedAfterMs,
    attemptsMade: job.attemptsMade,

    scrub: (safeData) => job.updateData(safeData as T),

    async removeNow() {
      // An active job cannot be removed; BullMQ does it in the step that ends the job.
      job.opts.removeOnFail = true;
      job.opts.removeOnComplete = true;
      await job.updateData({} as T);
    },
  };
}

function dueAtOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('dueAt' in data)) return undefined;
  return typeof data.dueAt === 'number' ? data.dueAt : undefined;
}
