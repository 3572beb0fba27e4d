import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { cutoffsOf, runRetention } from './retention.ts';
import { startRetention } from './start-retention.ts';

const dayMs = 86_400_000;

describe('retention', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await testDatabase({ template: async (url) => void (await migrate(url)) });
    store = openStore({ url: database.url, maxConnections: 4 });
    const put = (id: string, config: object) => store.tenants.put({ id, name: id, config });
    await put('acme', {});
    await put('globex', { retention: { verificationDays: 90, receiptDays: 1 } });
    await put('broken', { retention: { verificationDays: 'all' } });
  });
  afterAll(async () => {
    await store.close();
    await database.stop();
  });
  const warnings: object[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (about: object) => void warnings.push(about) };

  it('is by default 30 days and 7, by tenant what it says, and nothing where that cannot be read', async () => {
    const now = await store.now();
    const days = new Map(
      (await cutoffsOf(store, log)).map(({ tenantId, verificationsBefore, receiptsBefore }) => [
        tenantId,
        [verificationsBefore, receiptsBefore].map((before) => Math.round((now - before) / dayMs)),
      ]),
    );
    expect(days).toEqual(
      new Map([
        ['acme', [30, 7]],
        ['globex', [90, 1]],
      ]),
    );
    expect(warnings).toEqual([{ tenant: 'broken' }]);
  });

  it('is run by a process soon after it started, and stops with it', async () => {
    await store.receipts.record([receipt('old')]);
    const asked: number[] = [];
    let goOn: () => void = () => undefined;
    const rounds = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const clock = {
      // The first sleep ends at once, the second one with the process: after one whole round.
      sleep: (ms: number, until?: AbortSignal): Promise<void> => {
        asked.push(ms);
        if (asked.length === 1) return Promise.resolve();
        goOn();
        return new Promise((resolve) => until?.addEventListener('abort', () => resolve(), { once: true }));
      },
    };
    const aged = {
      ...store,
      now: async () => (await store.now()) + 8 * dayMs,
    };
    const retention = startRetention({ store: aged, clock, log });
    await rounds;
    await retention.stop();
    expect(asked[0]).toBeLessThanOrEqual(60_000);
    expect(asked[1]).toBe(600_000);
    expect((await store.audit.list('acme'))[0]).toMatchObject({
      actor: 'worker',
      action: 'retention_applied',
      detail: { receipts: 1 },
    });
    expect(await runRetention(aged, log, { actor: 'worker' })).toBeDefined();
  });
});

const receipt = (dedupKey: string) => ({
  tenantId: 'acme',
  account: 'sms',
  provider: 'twilio-sms',
  dedupKey: dedupKey + randomBytes(4).toString('hex'),
  attemptId: null,
  providerRef: null,
  status: 'sent' as const,
  at: null,
  raw: {},
});
