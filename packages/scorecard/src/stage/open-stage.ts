import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type World, type WorldOptions } from '@otp-relay/e2e/world';
import { embeddedPostgres, migrate } from '@otp-relay/store';
import pg from 'pg';
import { type OwnRedis, startOwnRedis } from '../faults/own-redis.ts';

/** One whole installation of our own: Postgres that fsyncs, Redis that appends, api, workers, simulator. */
export interface Stage {
  readonly world: World;
  readonly redis: OwnRedis;
  /** For reading the ledger past every role. */
  readonly database: pg.Pool;
  close(): Promise<void>;
}

/** Steps of 5 s, no limits at the provider, everything remembered. `close` leaves nothing behind. */
export async function openStage(options: Partial<WorldOptions> = {}): Promise<Stage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer().catch(() => undefined);
  };
  try {
    const postgres = await embeddedPostgres({ dataDir: await mkdtemp(join(tmpdir(), 'otp-scorecard-pg-')) });
    closers.push(postgres.remove);
    await migrate(postgres.url);
    const redis = await startOwnRedis();
    closers.push(redis.stop);
    const database = new pg.Pool({ connectionString: postgres.url, max: 2, application_name: 'scorecard' });
    database.on('error', () => undefined);
    closers.push(() => database.end());
    const world = await startWorld({
      backend: { kind: 'redis', url: redis.url },
      databaseUrl: postgres.url,
      tenant: { whatsappMs: 5_000, smsMs: 5_000 },
      ...options,
    });
    closers.push(world.stop);
    await world.simulator.settings({
      metaThroughputPerSecond: 0,
      metaPairLimit: false,
      keep: 1_000_000,
      latencyMs: 30,
    });
    return { world, redis, database, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}
