/** What a run came to. `rest` is what remains to be done before the callers are told, while the next run is under way. */
export interface Ran<R> {
  /** Matched by position. */
  readonly results: readonly R[];
  /** Never rejects. */
  readonly rest?: Promise<void>;
}

/** Collects items while a commit is in flight; idle: a batch of one at once, loaded: one run for hundreds. */
export interface Batcher<T, R> {
  add(item: T): Promise<R>;
  /** Waits until everything added so far has settled. */
  drain(): Promise<void>;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (fault: unknown) => void;
}

/** A batch of this size is a sign of load: what comes next is gathered. */
const crowd = 32;
/** How long batches of the ledger are gathered under load. */
export const gatherMs = 60;

export interface BatcherOptions<T, R> {
  readonly run: (items: readonly T[]) => Promise<Ran<R>>;
  /** Items of one batch, at most. */
  readonly max: number;
  /**
   * Under load, how far the beginnings of two batches are apart, ms; 0 when not given. A row costs the less the more travel
   * with it (docs/benchmarks.md), and whoever is in a crowd waits for it anyway.
   */
  readonly gatherMs?: number;
  /** Whether somebody waits for this item, so that nothing is gathered any more once it is there. */
  readonly isUrgent?: (item: T) => boolean;
  /** Whether a fault concerns the whole batch (the database is away), and no item of it in particular. */
  readonly isShared: (fault: unknown) => boolean;
}

/**
 * Runs `run` over batches, one at a time: two would lock each other's rows, and be half the size.
 * A batch that throws is split: each item runs alone, so that one poisonous item delays nobody; a shared fault fails the
 * whole batch at once instead.
 */
export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const { run, max, gatherMs = 0, isUrgent = () => false, isShared } = options;
  const waiting: Waiting<T, R>[] = [];
  const resting = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let last = { size: 0, startedAt: 0 };
  let hurry = false;

  async function runBatch(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const { results, rest } = await run(batch.map((w) => w.item));
      const tell = (): void => {
        batch.forEach((w, index) => {
          w.resolve(results[index] as R);
        });
      };
      if (!rest) return tell();
      const told: Promise<void> = rest.then(tell).finally(() => resting.delete(told));
      resting.add(told);
    } catch (fault) {
      if (batch.length === 1 || isShared(fault))
        batch.forEach((w) => {
          w.reject(fault);
        });
      else for (const w of batch) await runBatch([w]);
    }
  }

  function start(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (running || waiting.length === 0) return;
    const batch = waiting.splice(0, max);
    hurry &&= waiting.length > 0;
    last = { size: batch.length, startedAt: performance.now() };
    running = runBatch(batch).finally(() => {
      running = undefined;
      pump();
    });
  }

  function pump(): void {
    if (running || gathering || waiting.length === 0) return;
    const isLoaded = last.size >= crowd && waiting.length < max && !hurry;
    const pauseMs = isLoaded ? last.startedAt + gatherMs - performance.now() : 0;
    if (pauseMs >= 1) gathering = setTimeout(start, pauseMs);
    else start();
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        const hurries = !hurry && isUrgent(item);
        hurry ||= hurries;
        // Everything added in this turn of the event loop shares a batch.
        if (hurries || waiting.length === max) queueMicrotask(start);
        else if (waiting.length === 1) queueMicrotask(pump);
      }),
    async drain() {
      while (waiting.length > 0 || running || resting.size > 0) {
        start();
        await Promise.all([running, ...resting]);
      }
    },
  };
}
