import type { Worker } from 'bullmq';

/**
 * Lets a worker fetch one job more than it runs, up to `max`. By itself it goes on fetching, one round trip each, until
 * nothing waits or it has as many as it may run, and begins none of them before: with room for hundreds, and a job
 * coming every few ms, the first waits for 100 ms (docs/benchmarks.md). The answer is to be told of every job begun.
 */
export function fetchOneAhead(
  worker: Pick<Worker, 'concurrency' | 'on'>,
  max: number,
): (jobId: string | undefined) => void {
  // Until BullMQ has ended them: the call that does so may bring the next one, and asks whether there is room.
  const inHand = new Set<string | undefined>();
  const allow = (): void => {
    worker.concurrency = Math.min(inHand.size + 1, max);
  };
  const ended = (job: { readonly id?: string | undefined } | undefined): void => {
    if (inHand.delete(job?.id)) allow();
  };
  worker.on('completed', ended);
  worker.on('failed', ended);
  allow();
  return (jobId) => {
    inHand.add(jobId);
    allow();
  };
}
