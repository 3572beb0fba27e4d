import { intakeOf, untilAllDelivered } from '../lifecycle/measure-lifecycle.ts';
import { openMeters } from '../meters/meters.ts';
import { burst } from '../pace.ts';
import { newPhones } from '../phones.ts';
import type { Stage } from '../stage.ts';
import { warmUpCount } from '../warm-up.ts';
import { openWorld } from '../world.ts';
import { fill } from './fill.ts';

/** What one OTP costs beside so many older ones. */
export interface Cost {
  readonly rows: number;
  readonly perSecond: number;
  /** Pages of 8 kB that Postgres' statements touched, in memory or on disk: no clock and no neighbour is in this number. */
  readonly pages: number;
  /** CPU of the servers of clients, s per 1,000 OTPs; what a vacuum or a checkpoint does beside them is not in it. */
  readonly postgresCpu: number;
}

/** The same burst of OTPs into a young database and into one that has `rows` verifications already. */
export async function measureGrowth(
  stage: Stage,
  options: { readonly rows: number; readonly count: number; readonly say: (line: string) => void },
): Promise<readonly Cost[]> {
  const { rows, count, say } = options;
  const world = await openWorld(stage);
  try {
    const enqueue = intakeOf(world);
    let done = 0;
    const deliver = async (more: number): Promise<void> => {
      done += more;
      await burst(newPhones(more), enqueue);
      await untilAllDelivered(stage, world, done);
    };
    const measure = async (beside: number): Promise<Cost> => {
      await deliver(warmUpCount);
      const meters = await openMeters(stage, {});
      try {
        await meters.start();
        const startedAt = performance.now();
        await deliver(count);
        const seconds = (performance.now() - startedAt) / 1_000;
        const { postgres, cpu } = await meters.stop(count);
        return {
          rows: beside,
          perSecond: count / seconds,
          pages: postgres.pages,
          postgresCpu: cpu.postgres ?? 0,
        };
      } finally {
        await meters.close();
      }
    };
    const young = await measure(0);
    await fill(stage.database, world.tenantId, rows, say);
    return [young, await measure(rows)];
  } finally {
    await world.stop();
  }
}
