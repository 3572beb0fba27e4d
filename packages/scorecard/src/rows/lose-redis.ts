import { waitFor } from '@otp-relay/testkit';
import type { OwnRedis } from '../faults/own-redis.ts';
import { drive } from '../load/drive.ts';
import { recipients } from '../load/recipients.ts';
import { type Random, seeded } from '../random.ts';
import { byVerification, judge } from '../records/judge.ts';
import { countInFlight, readLedger } from '../records/ledger.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import { resumption } from '../records/resumption.ts';
import { readTimeline } from '../records/timeline.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const fullLosses = 20;
const shortLosses = 3;
const perLoss = 500;
const shortPerLoss = 60;
const everyMs = 10_000;
const aroundMs = 60_000;
const drainMs = 45_000;
const stepMs = 5_000;
const rolledBackMs = 2_000;

/** Row 4: Redis loses everything, in three ways, while verifications are in every state. */
export const loseRedis: Row = {
  rows: [4],
  title: 'Redis loses its data: FLUSHALL, two seconds of its file, its disk',
  quick: false,
  async run(context) {
    const stage = await openStage({ workers: 2, tenant: { whatsappMs: stepMs, smsMs: stepMs } });
    try {
      return [await measure(stage, context)];
    } finally {
      await stage.close();
    }
  },
};

async function measure(stage: Stage, { seed, short, log, budgetMs }: RowContext): Promise<Figure> {
  const { world, database, redis } = stage;
  const random = seeded(seed);
  const affordable = Math.max(3, Math.floor((budgetMs - aroundMs) / everyMs));
  const losses = Math.min(short ? shortLosses : fullLosses, affordable);
  const count = losses * (short ? shortPerLoss : perLoss);
  log(`${count} verifications, ${losses} losses`);
  const requests = Array.from({ length: count }, recipients(random));
  // Over HTTP only: a job that Redis took and lost before a worker accepted it was never ours.
  const [told, lostAt] = await Promise.all([
    drive(world, { requests, overMs: losses * everyMs, queueToo: false }),
    loseAll(redis, losses, random, log),
  ]);
  log('no more losses; waiting for what is in flight');
  const idle = async (): Promise<boolean> => (await countInFlight(database, world.tenantId)) === 0;
  await waitFor('nothing to be in flight', idle, { timeoutMs: drainMs, everyMs: 500 }).catch(
    () => undefined, // What is still in flight is then judged lost.
  );

  const ledger = await readLedger(database, world.tenantId);
  const calls = await readProviderCalls(world.simulator);
  const { lost, doubled } = judge(told, ledger, calls);
  const timeline = await readTimeline(database, world.tenantId);
  const resumed = resumption(lostAt, ledger, byVerification(calls), timeline, stepMs);
  const longestS = Math.max(0, ...resumed.calls, ...resumed.fallbacks) / 1_000;
  return {
    row: 4,
    figure: `lost after ${losses} losses of Redis in ${told.length} verifications`,
    value: `${lost.length}, resumed ≤ ${longestS.toFixed(1)} s`,
    target: '0, resumed ≤ 15 s',
    pass: lost.length === 0 && longestS <= 15 && resumed.calls.length > 0,
    bounded: losses < fullLosses,
    detail: [
      `${resumed.calls.length} were waiting for their first call, ${resumed.fallbacks.length} for a deadline`,
      `twice on one channel: ${doubled.length}`,
      ...lost.slice(0, 5),
    ].join('; '),
  };
}

/** One loss per period, at a random moment of it; resolves to when each happened. */
async function loseAll(
  redis: OwnRedis,
  losses: number,
  random: Random,
  log: (progress: string) => void,
): Promise<readonly number[]> {
  const lostAt: number[] = [];
  const startedAt = Date.now();
  for (let loss = 0; loss < losses; loss += 1) {
    await until(startedAt + loss * everyMs + random.int(rolledBackMs, everyMs - 2_000) - rolledBackMs);
    const mark = await redis.mark();
    await until(Date.now() + rolledBackMs);
    const way = (['flushAll', 'rollBack', 'wipe'] as const)[loss % 3];
    lostAt.push(Date.now());
    if (way === 'flushAll') await redis.flushAll();
    else if (way === 'rollBack') await redis.rollBack(mark);
    else await redis.wipe();
    log(`loss ${loss + 1}: ${way}`);
  }
  return lostAt;
}

const until = (at: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, at - Date.now()));
  });
