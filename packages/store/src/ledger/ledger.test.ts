import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import type { RawReceipt } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

describe('the ledger', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  describe('due', () => {
    const graceMs = 500;

    it('finds what passed its deadline by more than the grace, oldest first, and leaves out what is being changed', async () => {
      const ages = [60_000, 30_000, 90_000, -60_000];
      const rows = ages.map((ageMs) => newVerification({ now: Date.now() - ageMs - 5_000 }));
      await test.store.ledger.insert(rows);
      const [middle, young, old] = rows.map((row) => row.verification.id);
      expect(await test.store.ledger.due({ limit: 10, graceMs })).toEqual([old, middle, young]);
      expect(await test.store.ledger.due({ limit: 1, graceMs })).toEqual([old]);
      expect(await test.store.ledger.due({ limit: 10, graceMs: 80_000 })).toEqual([old]);

      await test.admin.query('begin');
      await test.admin.query('select 1 from otp.verifications where id = $1 for update', [old]);
      expect(await test.store.ledger.due({ limit: 10, graceMs })).toEqual([middle, young]);
      await test.admin.query('rollback');

      const ids = [old!, middle!, young!];
      await test.store.ledger.change(ids, ({ verification }, now) =>
        transition(verification, { type: 'canceled', by: 'service' }, now),
      );
      expect(await test.store.ledger.due({ limit: 10, graceMs })).toEqual([]);
    });

    it('tells what is due from what is due in a moment, although its index does not', async () => {
      const rows = [0, 1_000, 2_000, 3_000].map((later) =>
        newVerification({ now: Date.now() - 60_000 + later }),
      );
      await test.store.ledger.insert(rows);
      const dueSince = async (ms: number): Promise<number> => {
        const due = await test.store.ledger.due({ limit: 100, graceMs: 55_000 - ms });
        return due.filter((id) => rows.some((row) => row.verification.id === id)).length;
      };
      expect([await dueSince(-500), await dueSince(500), await dueSince(2_500)]).toEqual([0, 1, 3]);
    });
  });

  it('locates attempts by the ids their provider gave them, within one account', async () => {
    const row = newVerification();
    const { id, currentId } = row.verification;
    await test.store.ledger.insert([row]);
    await test.store.ledger.change([id], ({ verification }, now) => {
      const sending = transition(verification, { type: 'started', attemptId: currentId!, claim: 'c' }, now);
      return transition(
        sending.verification,
        { type: 'accepted', attemptId: currentId!, claim: 'c', providerRef: 'wamid.1' },
        now,
      );
    });
    const locate = test.store.ledger.locateByProviderRef;
    expect(await locate('acme', 'acme-wa', ['wamid.1', 'wamid.2'])).toEqual(
      new Map([['wamid.1', currentId]]),
    );
    expect(await locate('acme', 'acme-sms', ['wamid.1'])).toEqual(new Map());
    expect(await locate('globex', 'acme-wa', ['wamid.1'])).toEqual(new Map());
    expect(await locate('acme', 'acme-wa', [])).toEqual(new Map());
    // What a provider says need not be text that Postgres takes.
    expect(await locate('acme', 'acme-wa', ['\0', 'a\ud800', 'wamid.\x001'])).toEqual(
      new Map([['wamid.\x001', currentId]]),
    );
  });

  describe('receipts', () => {
    const receipt = (over: Partial<RawReceipt> = {}): RawReceipt => ({
      tenantId: 'acme',
      account: 'acme-sms',
      provider: 'twilio-sms',
      dedupKey: 'SM1:delivered',
      attemptId: null,
      providerRef: 'SM1',
      status: 'delivered',
      at: null,
      raw: { MessageStatus: 'delivered\0' },
      ...over,
    });

    it('tells a first sight from a copy, in a batch and over batches, by tenant and account', async () => {
      const { record } = test.store.receipts;
      expect(
        await record([receipt(), receipt(), receipt({ tenantId: 'globex' }), receipt({ account: 'b' })]),
      ).toEqual([true, false, true, true]);
      expect(await record([receipt({ dedupKey: 'new' }), receipt()])).toEqual([true, false]);
      expect(await record([])).toEqual([]);
    });

    it('lets exactly one of many racing copies be the first', async () => {
      const batch = Array.from({ length: 20 }, (_, n) => receipt({ dedupKey: `race-${n}` }));
      const seen = await Promise.all(
        [batch, [...batch].reverse(), batch].map((copies) => test.store.receipts.record(copies)),
      );
      expect(seen.flat().filter(Boolean)).toHaveLength(batch.length);
    });
  });
});
