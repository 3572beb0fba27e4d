import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Tallied } from './play-many.ts';

type Told = { readonly schedules: number } | { readonly tallied: Tallied };

/** A thread loads its file by itself: the compiled one, also when this file runs from its source. */
const thread = new URL('../../dist/simulation/thread.js', import.meta.url);

/** Plays `count` schedules from seed `first` on, on every core. */
export async function playInThreads(
  { first, count, until }: { readonly first: number; readonly count: number; readonly until: number },
  progress: (schedules: number) => void,
): Promise<Tallied> {
  const threads = availableParallelism();
  const done = new Array<number>(threads).fill(0);
  const lots = await Promise.all(
    done.map((_, n) =>
      playInThread(
        { first: first + n, step: threads, count: Math.ceil((count - n) / threads), until },
        (schedules) => {
          done[n] = schedules;
          progress(done.reduce((a, b) => a + b, 0));
        },
      ),
    ),
  );
  return {
    schedules: total(lots, (lot) => lot.schedules),
    verifications: total(lots, (lot) => lot.verifications),
    calls: total(lots, (lot) => lot.calls),
    crashes: total(lots, (lot) => lot.crashes),
    broken: lots.flatMap((lot) => lot.broken),
  };
}

const total = (lots: readonly Tallied[], of: (lot: Tallied) => number): number =>
  lots.reduce((sum, lot) => sum + of(lot), 0);

function playInThread(workerData: object, progress: (schedules: number) => void): Promise<Tallied> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData });
    worker.on('message', (told: Told) =>
      'tallied' in told ? resolve(told.tallied) : progress(told.schedules),
    );
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread ended with ${code}`)));
  });
}
