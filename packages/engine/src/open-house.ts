import { createProducer, type Producer, type QueueBackend } from '@otp-relay/queue';
import { embeddedPostgres, openStore, type Store } from '@otp-relay/store';
import { createKeyRing, createPepper, developmentKeys, type KeyRing, type Pepper } from '@otp-relay/vault';
import { type Clock, createClock } from './clock.ts';
import type { Log } from './log.ts';

/** The shared settings (runtime's `houseSettings`), as parsed. */
export interface HouseConfig {
  readonly DATABASE_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly OTP_QUEUE_PREFIX: string;
  readonly OTP_KEYS?: string | undefined;
  readonly OTP_PEPPER?: string | undefined;
  readonly OTP_DATA_DIR: string;
  readonly OTP_DB_CONNECTIONS: number;
}

/** What every process of an installation stands on: the store, the queues, the keys. */
export interface House {
  readonly store: Store;
  readonly producer: Producer;
  readonly backend: QueueBackend;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
  /** Closes in order; stops the embedded Postgres when this process started it. */
  close(): Promise<void>;
}

/**
 * Opens and migrates the database (embedded in development), the queues and the keys. Production's refusal of
 * made-up settings is the config schema's business (`refuseMadeUp`); this only does what it is told.
 */
export async function openHouse(config: HouseConfig, options: { name: string; log: Log }): Promise<House> {
  const { log } = options;
  const embedded =
    config.DATABASE_URL === undefined
      ? await embeddedPostgres({ dataDir: `${config.OTP_DATA_DIR}/postgres` })
      : undefined;
  const url = config.DATABASE_URL ?? embedded?.url ?? '';
  const store = openStore({
    url,
    maxConnections: config.OTP_DB_CONNECTIONS,
    applicationName: options.name,
    onError: (fault) => log.warn({ err: fault }, 'an idle Postgres connection was lost'),
  });
  await store.migrate();
  const backend: QueueBackend =
    config.REDIS_URL === undefined
      ? { kind: 'postgres', url, schema: config.OTP_QUEUE_PREFIX }
      : { kind: 'redis', url: config.REDIS_URL, prefix: config.OTP_QUEUE_PREFIX };
  const clock = createClock();
  const producer = createProducer(backend, {
    now: clock.now,
    onFault: (fault, about) => log.warn({ err: fault, ...about }, 'a queue connection has trouble'),
  });
  const madeUp =
    config.OTP_KEYS === undefined || config.OTP_PEPPER === undefined
      ? developmentKeys(config.OTP_DATA_DIR)
      : undefined;
  return {
    store,
    producer,
    backend,
    clock,
    keys: createKeyRing(config.OTP_KEYS ?? madeUp?.OTP_KEYS ?? ''),
    pepper: createPepper(config.OTP_PEPPER ?? madeUp?.OTP_PEPPER ?? ''),
    async close() {
      await producer.close();
      await store.close();
      await embedded?.stop();
    },
  };
}
