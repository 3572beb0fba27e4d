import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { simulateAbuse } from './simulation/simulate-abuse.ts';

describe('what the simulation remembers in memory', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await testDatabase();
    store = openStore({ url: database.url, applicationName: 'parity.test' });
    await store.migrate();
  }, 90_000);
  afterAll(async () => {
    await store?.close();
    await database?.stop();
  }, 20_000);

  it('is what Postgres remembers: the same day ends the same', async () => {
    const day = { seed: 11, people: 500, attackScale: 0.02 };
    const inMemory = await simulateAbuse(day);
    const inPostgres = await simulateAbuse({ ...day, store: store.abuse });
    expect(inPostgres).toEqual(inMemory);
    expect(inPostgres.attacks.find(({ name }) => name === 'in a row')?.leaked).toBe(4);
    const kept = await store.abuse.decisions('acme', { since: 0, outcome: 'refused', limit: 5_000 });
    expect(kept.length).toBeGreaterThan(200);
    expect(kept.every(({ reasons }) => reasons.length > 0)).toBe(true);
  }, 60_000);
});
