import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@otp-relay/store';
import { type TestDatabase, testDatabase, waitFor } from '@otp-relay/testkit';
import { startWorld } from './world/index.ts';

/** Processes started from here that still run. */
const processes = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

describe('a world of which one part does not start', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ template: async (url) => void (await migrate(url)) });
  }, 90_000);
  afterAll(() => database.stop());

  it('says why, and leaves no other part running', async () => {
    const before = processes();
    const starting = startWorld({
      backend: { kind: 'postgres', url: database.url },
      databaseUrl: database.url,
      env: { OTP_DRAIN_MS: 'soon' },
    });
    await expect(starting).rejects.toThrow('OTP_DRAIN_MS');
    await waitFor('all parts to be gone', () => processes() === before);
  }, 60_000);
});
