import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '@otp-relay/core';
import { type Corridor, createEngine, type Engine } from '@otp-relay/engine';
import { embeddedPostgres, openStore, type Store } from '@otp-relay/store';
import pg from 'pg';
import {
  keys,
  pepper,
  publicUrl,
  quiet,
  tenantId,
  tenantWith,
  uncounted,
} from '../simulation/installation.ts';

/** Two engines, as two processes have them, on one real Postgres. Nobody consumes what they would enqueue. */
export interface Houses {
  readonly engines: readonly [Engine, Engine];
  readonly corridor: Corridor;
  readonly store: Store;
  readonly database: pg.Pool;
  close(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;
const long = { timeoutMs: 900_000, success: 'delivered', minLifeMs: 5_000 } as const;
const steps: readonly Step[] = [
  { channel: 'whatsapp', provider: 'meta-whatsapp', account: 'wa', ...long },
  { channel: 'sms', provider: 'twilio-sms', account: 'sms', ...long },
  { channel: 'email', provider: 'smtp-email', account: 'mail', ...long },
];

export async function openHouses(): Promise<Houses> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const postgres = await embeddedPostgres({
      dataDir: await mkdtemp(join(tmpdir(), 'otp-scorecard-pg-')),
      // The order is what is measured, not the power cut.
      fsync: false,
    });
    closers.push(postgres.remove);
    const [one, other] = [openStore({ url: postgres.url }), openStore({ url: postgres.url })];
    closers.push(one.close, other.close);
    await one.migrate();
    const database = new pg.Pool({ connectionString: postgres.url, max: 2 });
    // Postgres may be gone before the last of its connections is.
    database.on('error', () => undefined);
    database.on('connect', (client) => client.on('error', () => undefined));
    closers.push(() => database.end());
    const ports = (store: Store) => ({
      store,
      producer: { enqueue: nothing, arm: nothing, disarm: nothing },
      keys,
      pepper,
      log: quiet,
      tally: uncounted,
      publicUrl,
      tenants: {
        get: async (id: string) => (id === tenantId ? tenantWith(steps, () => nobody) : undefined),
        close: nothing,
      },
    });
    const engines = [await createEngine(ports(one)), await createEngine(ports(other))] as const;
    for (const engine of engines) closers.push(engine.close);
    return { engines, corridor: engines[0].corridor, store: one, database, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

const nobody = {
  send: async () => {
    throw new Error('nothing is sent here');
  },
  close: nothing,
};
