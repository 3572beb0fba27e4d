import type { Corridor } from './corridor.ts';
import type { Ports } from './ports.ts';

/** Rings every bell that was lost: once a second, for every non-final row whose deadline has passed. */
export interface Sweeper {
  /** One round; returns how many deadlines it rang. */
  sweep(): Promise<number>;
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** Few at a time: whoever asks for one of these rows meanwhile waits for so many at most. */
const perRound = 50;
/** The precise BullMQ bell gets this long before the sweeper takes over. */
const graceMs = 250;
/** What limits no longer need is forgotten this often, this much at a time. */
const pruneEveryMs = 60_000;
const perPruning = 5_000;

export function startSweeper(corridor: Corridor, ports: Pick<Ports, 'store' | 'clock' | 'log'>): Sweeper {
  const stopping = new AbortController();
  let pruneAt = ports.clock.now() + pruneEveryMs;

  async function prune(): Promise<void> {
    if (ports.clock.now() < pruneAt) return;
    pruneAt = ports.clock.now() + pruneEveryMs;
    while ((await ports.store.buckets.prune(perPruning)) === perPruning && !stopping.signal.aborted);
    while ((await ports.store.abuse.prune(perPruning)) >= perPruning && !stopping.signal.aborted);
  }

  async function sweep(): Promise<number> {
    let rung = 0;
    for (;;) {
      const startedAt = ports.clock.now();
      const ids = await ports.store.ledger.due({ limit: perRound, graceMs });
      const settled = await Promise.allSettled(
        ids.map((id) => corridor.apply({ id, event: { type: 'deadline_reached' } })),
      );
      const failed = settled.filter((s) => s.status === 'rejected');
      rung += ids.length - failed.length;
      for (const s of failed) ports.log.error({ err: s.reason }, 'a deadline could not be applied');
      if (ids.length < perRound || failed.length > 0 || stopping.signal.aborted) return rung;
      // Half of the time is everybody else's, however many are due.
      await ports.clock.sleep(ports.clock.now() - startedAt, stopping.signal);
    }
  }

  async function round(): Promise<void> {
    try {
      await ports.clock.sync(() => ports.store.now());
      await sweep();
      await prune();
    } catch (fault) {
      ports.log.warn({ err: fault }, 'sweeping failed; the next round tries again');
    }
  }

  async function rounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round();
      await ports.clock.sleep(everyMs, stopping.signal);
    }
  }
  const stopped = rounds();

  return {
    sweep,
    stop() {
      stopping.abort();
      return stopped;
    },
  };
}
