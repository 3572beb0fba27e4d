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
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

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
      if (ids.length < perRound || failed.length > 0 || stopped) return rung;
    }
  }

  async function tick(): Promise<void> {
    try {
      await ports.clock.sync(() => ports.store.now());
      await sweep();
    } catch (fault) {
      ports.log.warn({ err: fault }, 'sweeping failed; the next round tries again');
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  }

  function start(): void {
    round = tick();
  }
  start();

  return {
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
