import { testDatabase } from '@otp-relay/testkit';
import pg from 'pg';
import { migrate, openStore, type Store } from '../index.ts';

/** Test data only: a migrated database of its own, a store on it, and the superuser's connection beside it. */
export interface TestStore {
  readonly url: string;
  readonly store: Store;
  readonly admin: pg.Client;
  stop(): Promise<void>;
}

export async function testStore(): Promise<TestStore> {
  const database = await testDatabase({ template: async (url) => void (await migrate(url)) });
  const store = openStore({ url: database.url, maxConnections: 8, applicationName: 'test' });
  const admin = new pg.Client({ connectionString: database.url });
  admin.on('error', () => {});
  await admin.connect();
  return {
    url: database.url,
    store,
    admin,
    stop: async () => {
      await store.close();
      await admin.end();
      await database.stop();
    },
  };
}
