import type { Corridor } from './corridor.ts';
import type { Ports } from './ports.ts';

/** Rings every bell that was lost: once a second, for every non-final row whose deadline has passed. */
export interface Sweeper {
  /** One round; returns how many deadlines it rang. */
  sweep(): Promise<number>;
  stop(): Promise<void>;
}

const everyMs = 1_000;
const perRound = 500;
/** The precise BullMQ bell gets this long before the sweeper takes over. */
const graceMs = 250;

export function startSweeper(corridor: Corridor, ports: Pick<Ports, 'store' | 'clock' | 'log'>): Sweeper {
  const stopping = new AbortController();

  async function sweep(): Promise<number> {
    let rung = 0;
    for (;;) {
      const ids = await ports.store.ledger.due({ limit: perRound, graceMs });
      const settled = await Promise.allSettled(
        ids.map((id) => corridor.apply({ id, event: { type: 'deadline_reached' } })),
      );
      const failed = settled.filter((s) => s.status === 'rejected');
      rung += ids.length - failed.length;
      for (const s of failed) ports.log.error({ err: s.reason }, 'a deadline could not be applied');
      if (ids.length < perRound || failed.length > 0 || stopping.signal.aborted) return rung;
    }
  }

  async function round(): Promise<void> {
    try {
      await ports.clock.sync(() => ports.store.now());
      await sweep();
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
