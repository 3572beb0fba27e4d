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

/** So many items per ms are a sign of load. With fewer nobody waits for company. */
const crowdPerMs = 0.6;
/** Gathering ends when nobody came for this share of it: whoever could come is there already. */
const lull = 1 / 4;
/** How long batches of the ledger are gathered under load. */
export const gatherMs = 60;
/** … of receipts, with which nothing is sent: so long that `sent` often meets the `delivered` that follows it. */
export const gatherReceiptsMs = 120;

export interface BatcherOptions<T, R> {
  readonly run: (items: readonly T[]) => Promise<Ran<R>>;
  /** Items of one batch, at most. */
  readonly max: number;
  /**
   * How far, under load, the beginnings of two batches may be apart for this item, ms; the least patient one counts, and 0
   * ends the gathering. 0 when not given. A row costs the less the more travel with it (docs/benchmarks.md), and whoever is
   * in a crowd waits for it anyway.
   */
  readonly patienceMs?: (item: T) => number;
  /** Whether a fault concerns the whole batch (the database is away), and no item of it in particular. */
  readonly isShared: (fault: unknown) => boolean;
}

/**
 * Runs `run` over batches, one at a time: two would lock each other's rows, and be half the size.
 * A batch that throws is split: each item runs alone, so that one poisonous item delays nobody; a shared fault fails the
 * whole batch at once instead.
 */
export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const { run, max, patienceMs = () => 0, isShared } = options;
  const waiting: Waiting<T, R>[] = [];
  const resting = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let last = { size: 0, startedAt: 0 };
  /** Of the least patient one that waits. */
  let patience = Number.POSITIVE_INFINITY;

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
    if (running || waiting.length === 0) return;
    const batch = waiting.splice(0, max);
    if (waiting.length === 0) patience = Number.POSITIVE_INFINITY;
    last = { size: batch.length, startedAt: performance.now() };
    running = runBatch(batch).finally(() => {
      running = undefined;
      pump();
    });
  }

  function pump(): void {
    clearTimeout(gathering);
    if (running || waiting.length === 0) return;
    const isLoaded = last.size >= crowdPerMs * patience && waiting.length < max;
    const pauseMs = isLoaded ? last.startedAt + patience - performance.now() : 0;
    const seen = waiting.length;
    const look = (): void => (waiting.length > seen ? pump() : start());
    if (pauseMs < 1) start();
    else gathering = setTimeout(look, Math.min(pauseMs, lull * patience));
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        const isLeast = patienceMs(item) < patience;
        if (isLeast) patience = patienceMs(item);
        // Everything added in this turn of the event loop shares a batch.
        if (isLeast || waiting.length === max) queueMicrotask(pump);
      }),
    async drain() {
      while (waiting.length > 0 || running || resting.size > 0) {
        start();
        await Promise.all([running, ...resting]);
      }
    },
  };
}
