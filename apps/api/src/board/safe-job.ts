import { hidden, safeText, safeWord } from './safe-text.ts';

/** What BullMQ says of a job, as far as the board shows it. */
export interface JobJson {
  readonly id?: string | number | null | undefined;
  readonly opts: unknown;
  readonly failedReason: string;
  readonly stacktrace: string[] | null;
  readonly processedBy?: string | null;
  readonly deduplicationId?: string;
  readonly deferredFailure?: string;
  readonly parentKey?: string;
  readonly repeatJobKey?: string;
}

/** The fields of a job that Bull Board has no formatter for, made safe; `data`, `name`, `progress` and the result have one. */
export function safeJob<J extends JobJson>(job: J, shownId: string): J {
  return {
    ...job,
    id: shownId,
    opts: safeOptions(job.opts),
    failedReason: job.failedReason && safeText(job.failedReason),
    stacktrace: job.stacktrace?.map((text) => (text ? safeText(text) : text)) ?? null,
    ...(job.processedBy && { processedBy: safeText(job.processedBy) }),
    ...(job.deferredFailure !== undefined && { deferredFailure: safeText(job.deferredFailure) }),
    ...(job.deduplicationId !== undefined && { deduplicationId: hidden }),
    ...(job.parentKey !== undefined && { parentKey: hidden }),
    ...(job.repeatJobKey !== undefined && { repeatJobKey: hidden }),
  };
}

/** Numbers and flags tell how a job is run; texts (its id, its parent, a deduplication key) may be anybody's. */
function safeOptions(opts: unknown): unknown {
  if (typeof opts !== 'object' || opts === null) return {};
  return Object.fromEntries(
    Object.entries(opts).flatMap(([name, value]) => {
      if (typeof value === 'number' || typeof value === 'boolean') return [[safeWord(name), value]];
      return name === 'backoff' || name === 'removeOnFail' || name === 'removeOnComplete'
        ? [[name, safeOptions(value)]]
        : [];
    }),
  );
}
