import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type House, openHouse } from '@otp-relay/engine';
import { createLogger } from '@otp-relay/runtime';
import { embeddedPostgres, isStoreFault } from '@otp-relay/store';
import { CliFault } from '../cli-fault.ts';
import { childEnv } from './child-env.ts';
import { demoTenantId } from './demo-tenant.ts';
import { type Child, startChild } from './start-child.ts';
import type { Starter } from './starter.ts';

export interface DemoHouse {
  readonly house: House;
  readonly databaseUrl: string;
  /** The process that keeps the embedded Postgres; undefined when a database was given. */
  readonly keeper: Child | undefined;
}

const keepPostgres = fileURLToPath(new URL('./keep-postgres.js', import.meta.url));
/** A demo that was killed a moment ago may still be stopping the Postgres that this one found running. */
const openWithinMs = 20_000;
const redisWithinMs = 3_000;

/** Starts Postgres unless one is given, brings its schema up to date, and opens queues and keys. */
export async function openDemoHouse(starter: Starter): Promise<DemoHouse> {
  const given = starter.settings.databaseUrl;
  const keeper = given === undefined ? await startPostgres(starter) : undefined;
  const opened = await starter.step('database schema and queues are up to date', async () => {
    const it = await openUntilItAnswers(starter);
    starter.onStop(it.house.close);
    await checkQueues(it.house);
    return it;
  });
  if (given !== undefined) await refuseStrangers(opened.house);
  return { ...opened, keeper };
}

async function startPostgres({ env, settings, logs, signal, step, note, onStop }: Starter): Promise<Child> {
  const keeper = await startChild({
    name: 'The embedded Postgres',
    args: [keepPostgres, join(settings.dataDir, 'postgres')],
    env: childEnv(env, {}),
    logFile: join(logs, 'postgres.log'),
    fix: 'Begin with new data: --fresh. Or give an empty database of your own: DATABASE_URL=postgres://…',
  });
  // Its clean end matters more than a quick one; it bounds itself.
  onStop(() => keeper.stop(90_000));
  await step(`Postgres, data in ${settings.dataDir}`, () =>
    keeper.ready(signal, (line) => {
      const news = tellsOf(line);
      if (news !== undefined) note(news);
    }),
  );
  return keeper;
}

/** The slow or surprising things on the way. */
function tellsOf(line: string): string | undefined {
  if (line.startsWith('creating')) return `first run: ${line}, some seconds`;
  return /^(?:using|adopting) /.test(line) ? line : undefined;
}

async function openUntilItAnswers(starter: Starter): Promise<{ house: House; databaseUrl: string }> {
  const { settings, signal } = starter;
  const log = createLogger({ name: 'demo', level: 'silent', destination: 'stderr' });
  for (const giveUpAt = Date.now() + openWithinMs; ; ) {
    signal.throwIfAborted();
    const databaseUrl = settings.databaseUrl ?? (await urlOfEmbedded(settings.dataDir));
    try {
      const house = await openHouse(
        {
          DATABASE_URL: databaseUrl,
          REDIS_URL: settings.redisUrl,
          OTP_QUEUE_PREFIX: settings.queuePrefix,
          OTP_DATA_DIR: settings.dataDir,
          OTP_DB_CONNECTIONS: 4,
        },
        { name: 'otp-demo', log },
      );
      return { house, databaseUrl };
    } catch (fault) {
      const mayPass = settings.databaseUrl === undefined && isStoreFault(fault) && fault.retryable;
      if (!mayPass || Date.now() > giveUpAt) throw fault;
      await delay(250);
    }
  }
}

/** Its keeper has it: this only asks where it is. */
const urlOfEmbedded = async (dataDir: string): Promise<string> =>
  (await embeddedPostgres({ dataDir: join(dataDir, 'postgres') })).url;

/** The demo's worker works for every tenant of its database. */
async function refuseStrangers({ store }: House): Promise<void> {
  const others = (await store.tenants.list()).filter(({ id }) => id !== demoTenantId);
  if (others.length === 0) return;
  throw new CliFault(`The database of DATABASE_URL has other tenants (${others[0]?.id}, …).`, {
    fix: 'The demo would send for them. Give it an empty database, or leave DATABASE_URL out: DATABASE_URL= npx pnpm@12 demo',
    exitCode: 2,
  });
}

async function checkQueues({ producer, backend }: House): Promise<void> {
  try {
    await producer.ready(backend.kind === 'redis' ? redisWithinMs : undefined);
  } catch (cause) {
    if (backend.kind !== 'redis') throw cause;
    throw new CliFault('The Redis of REDIS_URL does not answer.', {
      fix: 'Start it, or leave REDIS_URL out, then the queues live in Postgres: REDIS_URL= npx pnpm@12 demo',
      exitCode: 2,
      cause,
    });
  }
}
