import type { Clock } from './clock.ts';

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

/** How far the beginnings of two batches may be apart for somebody who waits, by how many the first of them held. */
export interface Patience {
  /** ms, after a batch of two or more. */
  readonly severalMs: number;
  /** ms, after a batch of `crowd` or more. Gathering ends earlier when nobody comes any more. */
  readonly crowdMs: number;
  readonly crowd: number;
}

/** What something is sent on the strength of waits for nobody, a crowd of requests excepted. */
export const patienceOf = {
  hurry: { severalMs: 0, crowdMs: 0, crowd: 0 },
  request: { severalMs: 0, crowdMs: 60, crowd: 36 },
  answer: { severalMs: 20, crowdMs: 60, crowd: 36 },
  /** In a crowd so long that `sent` often meets the `delivered` that follows it. */
  receipt: { severalMs: 12, crowdMs: 120, crowd: 120 },
} as const satisfies Record<string, Patience>;

/** Gathering a crowd ends when nobody came for this share of it: whoever could come is there already. */
const lull = 1 / 4;

/** For whom a batch may be gathered: a row costs the less the more travel with it (docs/benchmarks.md). */
export interface Gathering<T> {
  /** Of those that wait the least patient one counts: the one with the smallest `crowdMs`. */
  readonly patience: (item: T) => Patience;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}

export interface BatcherOptions<T, R> {
  readonly run: (items: readonly T[]) => Promise<Ran<R>>;
  /** Items of one batch, at most. */
  readonly max: number;
  /** Absent: nobody waits for company. */
  readonly gathering?: Gathering<T>;
  /** Whether a fault concerns the whole batch (the database is away), and no item of it in particular. */
  readonly isShared: (fault: unknown) => boolean;
}

/**
 * Runs `run` over batches, one at a time: two would lock each other's rows, and be half the size.
 * A batch that throws is split: each item runs alone, so that one poisonous item delays nobody; a shared fault fails the
 * whole batch at once instead.
 */
export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const { run, max, gathering, isShared } = options;
  const waiting: Waiting<T, R>[] = [];
  const resting = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let last = { size: 0, startedAt: 0 };
  /** Of the least patient one that waits. */
  let patience: Patience | undefined;
  /** Whoever sleeps and finds another number when it wakes is not needed any more. */
  let naps = 0;

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
    naps += 1;
    if (running || waiting.length === 0) return;
    const batch = waiting.splice(0, max);
    if (waiting.length === 0) patience = undefined;
    last = { size: batch.length, startedAt: gathering?.clock.now() ?? 0 };
    running = runBatch(batch).finally(() => {
      running = undefined;
      pump();
    });
  }

  /** How long to wait for company, or until looking for it again, ms. */
  function pauseMs(): number {
    if (!gathering || !patience || waiting.length >= max) return 0;
    const isCrowd = last.size >= patience.crowd;
    const spacingMs = isCrowd ? patience.crowdMs : last.size > 1 ? patience.severalMs : 0;
    // Postgres' clock may have been set back: nobody waits longer than that.
    const longestMs = isCrowd ? lull * spacingMs : spacingMs;
    return Math.min(longestMs, last.startedAt + spacingMs - gathering.clock.now());
  }

  function pump(): void {
    if (running || waiting.length === 0) return;
    const ms = pauseMs();
    if (ms < 1) start();
    else void nap(ms);
  }

  async function nap(ms: number): Promise<void> {
    const seen = waiting.length;
    naps += 1;
    const mine = naps;
    await gathering?.clock.sleep(ms);
    if (mine !== naps) return;
    if (waiting.length > seen) pump();
    else start();
  }

  return {
    add: (item) =>
      new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        const own = gathering?.patience(item);
        const isLeast = own !== undefined && (!patience || own.crowdMs < patience.crowdMs);
        if (isLeast) patience = own;
        // Everything added in this turn of the event loop shares a batch.
        if (isLeast || waiting.length === 1 || waiting.length === max) queueMicrotask(pump);
      }),
    async drain() {
      while (waiting.length > 0 || running || resting.size > 0) {
        start();
        await Promise.all([running, ...resting]);
      }
    },
  };
}
