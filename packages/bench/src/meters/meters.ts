import type { Stage } from '../stage.ts';
import { childrenOf, cpuSecondsOf, isBackground, parentOf } from './cpu.ts';
import { type PostgresWork, readPostgres } from './postgres-work.ts';
import { type RedisWork, readRedis } from './redis-work.ts';
import { openRss, type RssMeter, type Thirds } from './rss.ts';

/** What one OTP cost, on average over a run. */
export interface Work {
  /** CPU seconds per 1,000 OTPs, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** MB resident, by process. */
  readonly rss: Readonly<Record<string, Thirds>>;
  readonly postgres: PostgresWork;
  readonly redis: RedisWork | undefined;
}

export interface Meters {
  start(): Promise<void>;
  stop(count: number): Promise<Work>;
  close(): Promise<void>;
}

/** Reads counters of the servers and the kernel before and after a run. */
export async function openMeters(stage: Stage, pids: Readonly<Record<string, number>>): Promise<Meters> {
  const { database } = stage;
  const redis = stage.redisUrl === undefined ? undefined : await readRedis(stage.redisUrl);
  const backend = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(backend.rows[0]?.pid ?? 0);

  const cpu = (): Record<string, number> => {
    const servers = childrenOf(postmaster);
    const background = servers.filter(isBackground);
    return {
      ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSecondsOf([pid])])),
      postgres: cpuSecondsOf(servers.filter((pid) => !background.includes(pid))),
      // With the postmaster, who adds up the vacuums that have ended.
      'postgres (background)': cpuSecondsOf([postmaster, ...background]),
      ...(redis && { redis: cpuSecondsOf([redis.pid]) }),
      'bench (enqueues)': cpuSecondsOf([process.pid]),
    };
  };
  const read = async () => ({
    cpu: cpu(),
    postgres: await readPostgres(database),
    redis: await redis?.read(),
  });
  let rss: RssMeter | undefined;
  let before: Awaited<ReturnType<typeof read>> | undefined;

  return {
    async start() {
      before = await read();
      rss = openRss(pids);
    },
    async stop(count) {
      const resident = rss?.stop() ?? {};
      const after = await read();
      if (!before) throw new Error('the meters were not started');
      const { cpu: cpuBefore, postgres, redis: redisBefore } = before;
      const each = (name: string): number => ((after.cpu[name] ?? 0) - (cpuBefore[name] ?? 0)) * 1_000;
      return {
        cpu: Object.fromEntries(Object.keys(after.cpu).map((name) => [name, each(name) / count])),
        rss: resident,
        postgres: after.postgres.since(postgres, count),
        redis: redisBefore && after.redis?.since(redisBefore, count),
      };
    },
    async close() {
      rss?.stop();
      await redis?.close();
    },
  };
}
