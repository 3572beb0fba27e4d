import { intakeOf, untilAllDelivered } from '../lifecycle/measure-lifecycle.ts';
import { rssMbOf } from '../meters/rss.ts';
import { pace } from '../pace.ts';
import { newPhones } from '../phones.ts';
import type { Stage } from '../stage.ts';
import { openWorld } from '../world.ts';
import { type Trend, trendOf } from './trend.ts';

export interface MemoryOptions {
  /** OTPs in all, and per second. */
  readonly count: number;
  readonly rate: number;
  readonly say: (line: string) => void;
}

const everyMs = 1_000;
/** OTPs before anything is counted: caches fill, V8 finds the size of heap it needs. */
const warmUpSeconds = 120;
const chunkSeconds = 10;

/** The memory of each process at a steady rate, after a warm-up. */
export async function measureMemory(
  stage: Stage,
  { count, rate, say }: MemoryOptions,
): Promise<Readonly<Record<string, Trend>>> {
  const world = await openWorld(stage);
  try {
    await world.simulator.settings({ keep: 10_000 });
    const enqueue = intakeOf(world);
    const send = async (seconds: number, progress?: (done: number) => void): Promise<void> => {
      for (let from = 0; from < seconds; from += chunkSeconds) {
        await pace(newPhones(rate * Math.min(chunkSeconds, seconds - from)), rate, enqueue);
        progress?.(rate * (from + chunkSeconds));
      }
    };
    say(`${warmUpSeconds} s of warm-up at ${rate}/s …`);
    await send(warmUpSeconds);

    const pids = { api: world.api().pid, worker: world.workers[0]?.pid ?? 0 };
    const samples = Object.fromEntries(Object.keys(pids).map((name) => [name, [] as number[]]));
    const look = (): void => {
      for (const [name, pid] of Object.entries(pids)) samples[name]?.push(rssMbOf(pid));
    };
    const timer = setInterval(look, everyMs);
    try {
      const seconds = Math.ceil(count / rate);
      await send(seconds, (done) => {
        if (done % (rate * 100) < rate * chunkSeconds) say(`${done} of ${count} …`);
      });
      await untilAllDelivered(stage, world, rate * (warmUpSeconds + seconds));
    } finally {
      clearInterval(timer);
    }
    return Object.fromEntries(
      Object.entries(samples).map(([name, all]) => [name, trendOf(all, everyMs / 1_000)]),
    );
  } finally {
    await world.stop();
  }
}
