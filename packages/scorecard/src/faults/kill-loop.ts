import type { World } from '@otp-relay/e2e/world';
import type { Random } from '../random.ts';
import { type Orphan, orphansOf } from './orphans.ts';

export interface KillPlan {
  readonly random: Random;
  readonly kills: number;
  /** Pause between two kills, ms, drawn evenly. */
  readonly between: readonly [low: number, high: number];
  /** No kill is begun after this instant, ms since 1970. */
  readonly until: number;
  readonly log: (progress: string) => void;
}

export interface Killed {
  readonly kills: number;
  readonly orphans: readonly Orphan[];
}

/** A kill waits until this many workers are up: the victim and one that goes on. */
const leastUp = 2;

/** `kill -9` on a random worker, again and again; each is replaced at once. Resolves when all replacements are up. */
export async function killLoop(world: World, plan: KillPlan): Promise<Killed> {
  const { random, log } = plan;
  const orphans: Orphan[] = [];
  const replacing: Promise<unknown>[] = [];
  let kills = 0;
  while (kills < plan.kills && Date.now() < plan.until) {
    await new Promise((resolve) => setTimeout(resolve, random.int(...plan.between)));
    // The replacements may still be starting. With nobody left this would be an outage, not a dead worker.
    if (world.workers.length < leastUp) continue;
    const victim = world.workers.splice(random.int(0, world.workers.length - 1), 1)[0];
    if (!victim) continue;
    const ended = victim.kill();
    const killedAt = Date.now();
    orphans.push(...(await orphansOf(world, victim.pid, killedAt)));
    await ended;
    replacing.push(world.startWorker());
    kills += 1;
    if (kills % 20 === 0) log(`${kills} kills, ${orphans.length} jobs left behind`);
  }
  await Promise.all(replacing);
  return { kills, orphans };
}
