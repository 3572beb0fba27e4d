import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type BatcherOptions, createBatcher, type Gathering, type Patience, type Ran } from './batcher.ts';

/** A run that is held until released, so that what arrives meanwhile can be seen to share a batch. */
function held<T>() {
  const batches: (readonly T[])[] = [];
  const releases: (() => void)[] = [];
  return {
    batches,
    release: () => releases.shift()?.(),
    run: async (items: readonly T[]): Promise<Ran<T>> => {
      batches.push(items);
      await new Promise<void>((resolve) => releases.push(resolve));
      return { results: items };
    },
  };
}

/** A batcher of numbers, and how large each of its batches was. */
function counting(options: Partial<BatcherOptions<number, number>>) {
  const sizes: number[] = [];
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      sizes.push(items.length);
      return { results: items };
    },
    max: 100,
    isShared: () => false,
    ...options,
  });
  return { sizes, batcher };
}

const hurry: Patience = { severalMs: 0, crowdMs: 0, crowd: 0 };
/** So patient that even the lull that ends a gathering is far longer than anything a test does. */
const patient: Patience = { severalMs: 0, crowdMs: 16_000, crowd: 100 };
const { crowd } = patient;

const clock: Gathering<number>['clock'] = {
  now: () => performance.now(),
  // A nap that is not needed any more must not keep the process.
  sleep: (ms) => delay(ms, undefined, { ref: false }),
};
const gathering = (patience: Gathering<number>['patience']): Gathering<number> => ({ patience, clock });

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('createBatcher', () => {
  it('starts at once when idle and batches what arrives while a commit is in flight', async () => {
    const { batches, release, run } = held<number>();
    const batcher = createBatcher({ run, max: 10, isShared: () => false });
    const first = batcher.add(1);
    await turn();
    const rest = Promise.all([batcher.add(2), batcher.add(3)]);
    await turn();
    expect(batches).toEqual([[1]]);
    release();
    await first;
    await turn();
    expect(batches).toEqual([[1], [2, 3]]);
    release();
    await expect(rest).resolves.toEqual([2, 3]);
  });

  it('never exceeds max, and drain waits for all of it', async () => {
    const { sizes, batcher } = counting({ max: 3 });
    const all = Promise.all(Array.from({ length: 8 }, (_, i) => batcher.add(i)));
    await batcher.drain();
    await expect(all).resolves.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(Math.max(...sizes)).toBe(3);
  });

  it('isolates a poisonous item: its neighbours succeed', async () => {
    const batcher = createBatcher<number, number>({
      run: async (items) => {
        if (items.includes(13)) throw new Error('poison');
        return { results: items };
      },
      max: 10,
      isShared: () => false,
    });
    const settled = await Promise.allSettled([12, 13, 14].map((n) => batcher.add(n)));
    expect(settled.map((s) => s.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails the whole batch at once when the fault is shared', async () => {
    let runs = 0;
    const batcher = createBatcher<number, number>({
      run: async () => {
        runs += 1;
        throw new Error('away');
      },
      max: 10,
      isShared: () => true,
    });
    const settled = await Promise.allSettled([1, 2, 3].map((n) => batcher.add(n)));
    expect(settled.every((s) => s.status === 'rejected')).toBe(true);
    expect(runs).toBe(1);
  });

  it('gathers what follows a crowd, but nothing when few come, and drain waits for no more', async () => {
    const startedAt: number[] = [];
    const sizes: number[] = [];
    const batcher = createBatcher<number, number>({
      run: async (items) => {
        startedAt.push(performance.now());
        sizes.push(items.length);
        return { results: items };
      },
      max: 1_000,
      gathering: gathering(() => ({ severalMs: 0, crowdMs: 200, crowd: 150 })),
      isShared: () => false,
    });
    const addAll = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => batcher.add(i)));
    await addAll(149);
    await addAll(150);
    const [, crowdAt = 0] = startedAt;
    const following = [addAll(3)];
    await turn();
    expect(sizes).toEqual([149, 150]);
    const coming = setInterval(() => following.push(addAll(1)), 10);
    await following[0];
    clearInterval(coming);
    await Promise.all(following);
    expect((startedAt[2] ?? 0) - crowdAt).toBeGreaterThanOrEqual(195);
    expect(sizes[2]).toBeGreaterThan(10);

    await addAll(150);
    const left = addAll(2);
    const drainedAt = performance.now();
    await batcher.drain();
    await left;
    expect(performance.now() - drainedAt).toBeLessThan(150);
  });

  it('waits a little after several, whoever comes meanwhile; after a single one not at all', async () => {
    const { sizes, batcher } = counting({
      gathering: gathering(() => ({ ...patient, severalMs: 400 })),
    });
    await batcher.add(1);
    const beganAt = performance.now();
    await batcher.add(2);
    await Promise.all([3, 4].map(batcher.add));
    expect(performance.now() - beganAt).toBeLessThan(200);
    const following = [batcher.add(5)];
    // The whole time, although nobody comes for most of it.
    setTimeout(() => following.push(batcher.add(6)), 200);
    await following[0];
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(395);
    expect(sizes).toEqual([1, 1, 2, 2]);
  });

  it('does not wait for a clock that was set back', async () => {
    let now = 10_000_000;
    const slept: number[] = [];
    const { sizes, batcher } = counting({
      gathering: {
        patience: () => ({ ...patient, severalMs: 60 }),
        clock: {
          now: () => now,
          sleep: async (ms) => {
            slept.push(ms);
          },
        },
      },
    });
    await Promise.all([1, 2].map(batcher.add));
    now = 0;
    await batcher.add(3);
    expect(slept).toEqual([60]);
    expect(sizes).toEqual([2, 1]);
  });

  it('gathers no longer once somebody is in a hurry', async () => {
    const { sizes, batcher } = counting({
      max: 10_000,
      gathering: gathering((item) => (item === 13 ? hurry : patient)),
    });
    const addAll = (items: readonly number[]) => Promise.all(items.map(batcher.add));
    await addAll(Array.from({ length: crowd }, () => 1));
    const crowdAt = performance.now();
    const waiting = addAll([2, 3]);
    await turn();
    expect(sizes).toEqual([crowd]);
    await addAll([4, 13, 5]);
    await waiting;
    expect(sizes).toEqual([crowd, 5]);
    expect(performance.now() - crowdAt).toBeLessThan(patient.crowdMs / 8);
  });

  it('gathers no longer when nobody comes any more', async () => {
    const { sizes, batcher } = counting({
      max: 1_000,
      gathering: gathering(() => ({ severalMs: 0, crowdMs: 400, crowd })),
    });
    const addAll = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => batcher.add(i)));
    await addAll(300);
    const crowdAt = performance.now();
    await addAll(5);
    expect(sizes).toEqual([300, 5]);
    expect(performance.now() - crowdAt).toBeLessThan(350);
  });

  it('does not gather beyond max', async () => {
    const { sizes, batcher } = counting({ max: crowd, gathering: gathering(() => patient) });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 3 * crowd }, (_, i) => batcher.add(i)));
    expect(sizes).toEqual([crowd, crowd, crowd]);
    expect(performance.now() - startedAt).toBeLessThan(patient.crowdMs / 8);
  });
});
