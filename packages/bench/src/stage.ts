import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueueBackend } from '@otp-relay/queue';
import { type EmbeddedPostgres, embeddedPostgres } from '@otp-relay/store';
import { redisAvailable, startRedis } from '@otp-relay/testkit';
import pg from 'pg';
import type { BenchOptions } from './options.ts';

/** What both runs stand on: one Postgres that fsyncs, and a place for the queues. */
export interface Stage {
  /** The queues of the product, and those of the bare loop beside them. */
  readonly lifecycle: QueueBackend;
  readonly baseline: QueueBackend;
  readonly databaseUrl: string;
  readonly database: pg.Client;
  readonly redisUrl: string | undefined;
  readonly close: () => Promise<void>;
}

export const noRedis =
  'No Redis here: install redis-server or valkey-server (or Docker), or measure the other backend with --backend postgres.';

/** Starts the servers in folders of their own; `close` leaves nothing behind, nor does a signal. */
export async function openStage(options: BenchOptions): Promise<Stage> {
  if (options.backend === 'redis' && !redisAvailable({ own: true })) throw new Error(noRedis);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer().catch(() => undefined);
  };
  stopOnSignal(close);
  try {
    const postgres = await openPostgres(options.statements, closers);
    const database = new pg.Client({ connectionString: postgres.url, application_name: 'bench' });
    database.on('error', () => undefined);
    await database.connect();
    closers.push(() => database.end());
    const common = { databaseUrl: postgres.url, database, close };
    if (options.backend === 'postgres') {
      const queues = (schema: string): QueueBackend => ({ kind: 'postgres', url: postgres.url, schema });
      return { ...common, redisUrl: undefined, lifecycle: queues('otp_queue'), baseline: queues('bare') };
    }
    const redis = await startRedis({ own: true });
    if (!redis) throw new Error(noRedis);
    closers.push(() => redis.stop());
    const queues = (prefix: string): QueueBackend => ({ kind: 'redis', url: redis.url, prefix });
    return { ...common, redisUrl: redis.url, lifecycle: queues('otp_queue'), baseline: queues('bare') };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** The servers would outlive a Ctrl-C. */
function stopOnSignal(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(130)));
}

async function openPostgres(
  statements: boolean,
  closers: (() => Promise<unknown>)[],
): Promise<EmbeddedPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'otp-relay-bench-'));
  let postgres = await embeddedPostgres({ dataDir });
  closers.push(async () => {
    await postgres.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });
  if (statements) {
    // A library can only be loaded at start.
    await ask(postgres.url, "alter system set shared_preload_libraries = 'pg_stat_statements'");
    await postgres.stop();
    postgres = await embeddedPostgres({ dataDir });
    await ask(postgres.url, 'create extension pg_stat_statements');
  }
  return postgres;
}

async function ask(url: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return String((rows as unknown[][])[0]?.[0] ?? '');
  } finally {
    await client.end();
  }
}
