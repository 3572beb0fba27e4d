import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { begin } from '@otp-relay/core';
import { migrate, openStore, type Store } from '@otp-relay/store';
import { startProcess, type TestDatabase, testDatabase } from '@otp-relay/testkit';

const racer = fileURLToPath(new URL('../dist/world/racer.js', import.meta.url));
const rounds = 150;
const ids = Array.from({ length: 12 }, (_, i) => `vrf_${String(i).padStart(26, '0')}`);

describe('two processes on the same rows', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await testDatabase({ template: async (url) => void (await migrate(url)) });
    store = openStore({ url: database.url, maxConnections: 2, applicationName: 'race' });
    const now = await store.now();
    await store.ledger.insert(
      ids.map((id) => {
        const begun = begin(
          {
            id,
            tenantId: 'acme',
            purpose: 'auth',
            steps: [
              {
                channel: 'sms',
                provider: 'twilio-sms',
                account: 'sms',
                timeoutMs: 5_000,
                success: 'sent',
                minLifeMs: 0,
              },
            ],
            addresses: { phone: 'present', email: 'absent' },
            expiresAt: now + 600_000,
            maxChecks: 5,
          },
          now,
        );
        return {
          verification: begun.verification,
          entries: begun.entries,
          material: {
            sealedCode: Buffer.from('sealed'),
            sealedRecipient: Buffer.from('sealed'),
            codeMac: Buffer.alloc(32),
            locale: 'en',
            callingCode: '1',
            country: 'US',
            context: null,
            mode: 'live' as const,
            createdAt: now,
          },
          idempotencyKey: null,
          requestHash: Buffer.alloc(32),
          liveKey: null,
          recipientKey: Buffer.alloc(32),
          recipientMasked: '+1 ••• 00',
          source: 'http' as const,
        };
      }),
    );
  }, 90_000);
  afterAll(async () => {
    await store?.close();
    await database?.stop();
  });

  const deadlines = async (): Promise<Map<string, number>> => {
    const rows = await store.ledger.change(ids, ({ verification }) => ({ verification, entries: [] }));
    return new Map([...rows].map(([id, row]) => [id, row.after.deadlineAt ?? 0]));
  };

  it('neither deadlock nor lose an event', async () => {
    const before = await deadlines();
    const racers = await Promise.all(
      [1, 2].map(() =>
        startProcess({ args: [racer, database.url, String(rounds), ids.join(',')], readyWhen: /racing/ }),
      ),
    );
    expect(await Promise.all(racers.map((process) => process.ended))).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    const after = await deadlines();
    expect(ids.map((id) => (after.get(id) ?? 0) - (before.get(id) ?? 0))).toEqual(ids.map(() => 2 * rounds));
    const timelines = await Promise.all(ids.map((id) => store.verification.timeline('acme', id)));
    for (const entries of timelines)
      expect(entries?.filter((entry) => entry.type === 'next')).toHaveLength(2 * rounds);
  }, 60_000);
});
