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

/**
 * Runs `run` over batches of at most `max` items, `flights` of them at a time.
 * A batch that throws is split: each item runs alone, so that one poisonous item delays nobody;
 * `isShared` faults (the database is away) fail the whole batch at once instead.
 */
export function createBatcher<T, R>(options: {
  run: (items: readonly T[]) => Promise<Ran<R>>;
  max: number;
  flights?: number;
  isShared: (fault: unknown) => boolean;
}): Batcher<T, R> {
  const { run, max, flights = 1, isShared } = options;
  const waiting: Waiting<T, R>[] = [];
  const running = new Set<Promise<void>>();
  const resting = new Set<Promise<void>>();

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

  function pump(): void {
    while (waiting.length > 0 && running.size < flights) {
      const flight: Promise<void> = runBatch(waiting.splice(0, max)).finally(() => {
        running.delete(flight);
        pump();
      });
      running.add(flight);
    }
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // Everything added in this turn of the event loop shares a batch.
        if (running.size < flights && waiting.length === 1) queueMicrotask(pump);
      }),
    async drain() {
      while (waiting.length > 0 || running.size > 0 || resting.size > 0) {
        pump();
        await Promise.all([...running, ...resting]);
      }
    },
  };
}
