import { startWorld, type World } from '@otp-relay/e2e/world';
import { migrate } from '@otp-relay/store';
import { openTcpProxy, type TcpProxy } from '@otp-relay/testkit';
import pg from 'pg';
import { type HarmedRedis, startHarmedRedis } from '../faults/redis-server.ts';
import { type RestartablePostgres, startRestartablePostgres } from '../faults/restartable-postgres.ts';

/** An installation whose Redis is behind weather and whose servers can be harmed. */
export interface HarmedStage {
  readonly world: World;
  readonly redis: HarmedRedis;
  /** Between every process of the installation and its Redis. */
  readonly weather: TcpProxy;
  readonly postgres: RestartablePostgres;
  /** For reading the ledger past every role. */
  readonly database: pg.Pool;
  close(): Promise<void>;
}

/** No limits at the provider, everything remembered. `close` leaves nothing behind. */
export async function openHarmedStage(options: {
  readonly workers: number;
  /** The timeout of the WhatsApp and SMS steps. */
  readonly stepMs: number;
}): Promise<HarmedStage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer().catch(() => undefined);
  };
  try {
    const postgres = await startRestartablePostgres();
    closers.push(postgres.remove);
    await migrate(postgres.url);
    const redis = await startHarmedRedis();
    closers.push(redis.stop);
    const weather = await openTcpProxy(redis.port);
    closers.push(weather.close);
    const database = new pg.Pool({ connectionString: postgres.url, max: 2, application_name: 'scorecard' });
    database.on('error', () => undefined);
    database.on('connect', (client) => client.on('error', () => undefined));
    closers.push(() => database.end());
    const world = await startWorld({
      backend: { kind: 'redis', url: `redis://127.0.0.1:${weather.port}` },
      databaseUrl: postgres.url,
      workers: options.workers,
      tenant: { whatsappMs: options.stepMs, smsMs: options.stepMs },
      env: { NODE_ENV: 'production' },
    });
    closers.push(world.stop);
    await world.simulator.settings({ metaThroughputPerSecond: 0, metaPairLimit: false, keep: 1_000_000 });
    return { world, redis, weather, postgres, database, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}
