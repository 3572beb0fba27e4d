import { createProducer, type Producer, type QueueBackend } from '@otp-relay/queue';
import { embeddedPostgres, openStore, type Store } from '@otp-relay/store';
import { createKeyRing, createPepper, developmentKeys, type KeyRing, type Pepper } from '@otp-relay/vault';
import { type Clock, createClock } from './clock.ts';
import type { Log } from './log.ts';
import { createGuardedFetch, type GuardedFetch } from './outgoing/guarded-fetch.ts';
import { createTraffic, type Traffic } from './traffic.ts';

/** The shared settings (runtime's `houseSettings`), as parsed. */
export interface HouseConfig {
  readonly DATABASE_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly OTP_QUEUE_PREFIX: string;
  readonly OTP_KEYS?: string | undefined;
  readonly OTP_PEPPER?: string | undefined;
  readonly OTP_DATA_DIR: string;
  readonly OTP_DB_CONNECTIONS: number;
  readonly OTP_MAX_WAITING?: number | undefined;
  readonly OTP_OUTGOING_NETWORKS?: readonly string[] | undefined;
}

/** What every process of an installation stands on: the store, the queues, the keys. */
export interface House {
  readonly store: Store;
  readonly producer: Producer;
  readonly backend: QueueBackend;
  readonly clock: Clock;
  readonly traffic: Traffic;
  /** Calls tenants' URLs. */
  readonly outgoing: GuardedFetch;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
  /** Closes in order; stops the embedded Postgres when this process started it. */
  close(): Promise<void>;
}

/**
 * Opens and migrates the database (embedded in development), the queues and the keys. Production's refusal of
 * made-up settings is the config schema's business (`refuseMadeUp`); this only does what it is told.
 * When a later part cannot be opened, the earlier ones are closed again.
 */
export async function openHouse(config: HouseConfig, options: { name: string; log: Log }): Promise<House> {
  const { log } = options;
  const opened: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    let url = config.DATABASE_URL;
    if (url === undefined) {
      const embedded = await embeddedPostgres({ dataDir: `${config.OTP_DATA_DIR}/postgres` });
      opened.push(embedded.stop);
      url = embedded.url;
    }
    const store = openStore({
      url,
      maxConnections: config.OTP_DB_CONNECTIONS,
      applicationName: options.name,
      onError: (fault) => log.warn({ err: fault }, 'an idle Postgres connection was lost'),
    });
    opened.push(store.close);
    await store.migrate();
    const backend = backendOf(config, url);
    const clock = createClock();
    const producer = createProducer(backend, {
      now: clock.now,
      onFault: (fault, about) => log.warn({ err: fault, ...about }, 'a queue connection has trouble'),
    });
    opened.push(producer.close);
    const traffic = createTraffic(producer, {
      maxWaiting: config.OTP_MAX_WAITING ?? Number.POSITIVE_INFINITY,
      sleep: clock.sleep,
    });
    const outgoing = createGuardedFetch({ allowedNetworks: config.OTP_OUTGOING_NETWORKS ?? [] });
    opened.push(outgoing.close);
    return { store, producer, backend, clock, traffic, outgoing, ...keysOf(config), close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

const backendOf = (config: HouseConfig, databaseUrl: string): QueueBackend =>
  config.REDIS_URL === undefined
    ? { kind: 'postgres', url: databaseUrl, schema: config.OTP_QUEUE_PREFIX }
    : { kind: 'redis', url: config.REDIS_URL, prefix: config.OTP_QUEUE_PREFIX };

function keysOf({ OTP_KEYS, OTP_PEPPER, OTP_DATA_DIR }: HouseConfig): Pick<House, 'keys' | 'pepper'> {
  const given = OTP_KEYS !== undefined && OTP_PEPPER !== undefined ? { OTP_KEYS, OTP_PEPPER } : undefined;
  const { OTP_KEYS: keys, OTP_PEPPER: pepper } = given ?? {
    ...developmentKeys(OTP_DATA_DIR),
    ...defined({ OTP_KEYS, OTP_PEPPER }),
  };
  return { keys: createKeyRing(keys), pepper: createPepper(pepper) };
}

const defined = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
