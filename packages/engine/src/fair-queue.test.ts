import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFairQueue, type FairQueue, lastPlace } from './fair-queue.ts';

interface Job {
  readonly tenant: string;
  readonly place: number;
  readonly order: number;
}

/** What BullMQ does with priorities: the lowest first, equal ones in the order they came. */
function scene(processes = 1) {
  const queues = Array.from({ length: processes }, createFairQueue);
  const waiting: Job[] = [];
  let order = 0;
  const first = (): Job | undefined =>
    waiting.reduce<Job | undefined>(
      (best, job) =>
        best && (best.place < job.place || (best.place === job.place && best.order < job.order)) ? best : job,
      undefined,
    );
  return {
    waiting,
    add(tenant: string, by = 0): Job {
      const job = { tenant, place: (queues[by] as FairQueue).next(tenant), order: order++ };
      waiting.push(job);
      return job;
    },
    serve(): Job | undefined {
      const job = first();
      if (job) waiting.splice(waiting.indexOf(job), 1);
      return job;
    },
    look: () => {
      for (const queue of queues) queue.observe(first()?.place, waiting.length);
    },
  };
}

describe('createFairQueue', () => {
  it('lets a newcomer in front of a long line, behind one job of each who waits', () => {
    const { add, serve, look } = scene();
    for (let n = 0; n < 20_000; n += 1) add('noisy');
    for (let n = 0; n < 50; n += 1) add('steady');
    for (let n = 0; n < 100; n += 1) serve();
    look();
    const newcomer = add('quiet');
    const before: string[] = [];
    for (let job = serve(); job && job !== newcomer; job = serve()) before.push(job.tenant);
    expect(before.length).toBeLessThanOrEqual(2);
  });

  it('says how long a line is', () => {
    const queue = createFairQueue();
    for (let n = 0; n < 10; n += 1) queue.next('noisy');
    queue.next('quiet');
    expect([queue.ahead('noisy'), queue.ahead('quiet'), queue.ahead('nobody')]).toEqual([10, 1, 0]);
    expect(queue.lines()).toEqual({ tenants: 2, jobs: 11 });
    queue.observe(8, 3);
    expect([queue.ahead('noisy'), queue.ahead('quiet')]).toEqual([3, 0]);
    expect(queue.lines()).toEqual({ tenants: 1, jobs: 3 });
  });

  it('begins again at 1 when the queue was empty, also when only others saw that', () => {
    const queue = createFairQueue();
    for (let n = 0; n < 5_000; n += 1) queue.next('busy');
    queue.observe(undefined, 0);
    expect(queue.next('busy')).toBe(1);
    for (let n = 0; n < 5_000; n += 1) queue.next('busy');
    queue.observe(3, 40);
    expect(queue.next('busy')).toBe(43);
    expect(queue.next('other')).toBe(3);
  });

  it('shares places from the middle on and never leaves the range, however long a queue is never empty', () => {
    const queue = createFairQueue();
    const sharing = (head: number): number => {
      queue.observe(head, 1_000);
      const places = Array.from({ length: 640 }, () => queue.next(`busy since ${head}`));
      return 640 / new Set(places).size;
    };
    expect([1, 1_000_000, 1_100_000, 1_600_000, lastPlace].map(sharing)).toEqual([1, 1, 8, 64, 640]);
    queue.observe(lastPlace - 1, 1_000);
    const last = Array.from({ length: 300 }, () => queue.next('last'));
    expect(last).toEqual([...last].sort((one, other) => one - other));
    expect([last[0], last.at(-1)]).toEqual([lastPlace - 1, lastPlace]);
    queue.observe(undefined, 0);
    expect(queue.next('newcomer')).toBe(1);
  });

  const tenants = fc.constantFrom('a', 'b', 'c', 'd');
  const steps = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('add' as const),
          tenant: tenants,
          count: fc.integer({ min: 1, max: 30 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('serve' as const), count: fc.integer({ min: 1, max: 40 }) }),
      },
    ),
    { maxLength: 40 },
  );

  it('serves every tenant in the order it asked, and those who wait in turn', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const { add, serve, look, waiting } = scene();
        const turns = new Map<string, Map<string, number>>();
        for (const move of moves) {
          if (move.kind === 'add') {
            look();
            for (let n = 0; n < move.count; n += 1) add(move.tenant);
            continue;
          }
          for (let n = 0; n < move.count; n += 1) {
            const served = serve();
            if (!served) break;
            // Nobody of the same tenant was passed over.
            expect(waiting.some((job) => job.tenant === served.tenant && job.order < served.order)).toBe(
              false,
            );
            // While another tenant waits, nobody is served more than twice between two of its turns.
            for (const other of new Set(waiting.map((job) => job.tenant))) {
              const seen = turns.get(other) ?? new Map<string, number>();
              if (other !== served.tenant) seen.set(served.tenant, (seen.get(served.tenant) ?? 0) + 1);
              else seen.clear();
              turns.set(other, seen);
              expect(Math.max(0, ...seen.values())).toBeLessThanOrEqual(2);
            }
            for (const other of turns.keys())
              if (!waiting.some((job) => job.tenant === other)) turns.delete(other);
          }
        }
      }),
    );
  });

  it('needs nothing shared between processes: a newcomer waits for at most one job of each tenant of each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(tenants, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 80 })), {
          maxLength: 30,
        }),
        fc.integer({ min: 0, max: 100 }),
        (processes, lines, served) => {
          const { add, serve, look } = scene(processes);
          for (const [tenant, by, count] of lines)
            for (let n = 0; n < count; n += 1) add(tenant, by % processes);
          for (let n = 0; n < served; n += 1) serve();
          look();
          const newcomer = add('newcomer');
          let before = 0;
          for (let job = serve(); job && job !== newcomer; job = serve()) before += 1;
          expect(before).toBeLessThanOrEqual(4 * processes);
        },
      ),
    );
  });
});
