import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

describe('ledger.insert', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  it('writes the verification, its attempts and its timeline', async () => {
    const row = newVerification({ idempotencyKey: 'one' });
    expect(await test.store.ledger.insert([row])).toEqual([{ kind: 'inserted' }]);
    const { id } = row.verification;
    const view = await test.store.verification.get('acme', id);
    expect(view).toMatchObject({
      verification: row.verification,
      recipientMasked: row.recipientMasked,
      mode: 'live',
    });
    expect(await test.store.verification.timeline('acme', id)).toEqual(row.entries);
  });

  it('says which row holds an idempotency key, with the hash of its request', async () => {
    const first = newVerification({ idempotencyKey: 'key' });
    const other = newVerification({ idempotencyKey: 'key' });
    const elsewhere = newVerification({ idempotencyKey: 'key', tenantId: 'globex' });
    expect(await test.store.ledger.insert([first, other, elsewhere])).toEqual([
      { kind: 'inserted' },
      { kind: 'duplicate', id: first.verification.id, requestHash: first.requestHash },
      { kind: 'inserted' },
    ]);
    expect(await test.store.ledger.insert([other])).toEqual([
      { kind: 'duplicate', id: first.verification.id, requestHash: first.requestHash },
    ]);
    expect(await test.store.verification.get('acme', other.verification.id)).toBeUndefined();
    expect(await test.store.verification.timeline('acme', other.verification.id)).toEqual([]);
  });

  it('joins the live verification of the same recipient, and starts anew once that one is final', async () => {
    const liveKey = randomBytes(32);
    const [first, second, third] = [
      newVerification({ liveKey }),
      newVerification({ liveKey }),
      newVerification({ liveKey }),
    ];
    expect(await test.store.ledger.insert([first, second])).toEqual([
      { kind: 'inserted' },
      { kind: 'joined', id: first.verification.id },
    ]);
    await test.store.ledger.change([first.verification.id], ({ verification }) => ({
      verification: { ...verification, status: 'canceled', delivery: 'stopped', deadlineAt: null },
      entries: [],
    }));
    expect(await test.store.ledger.insert([third])).toEqual([{ kind: 'inserted' }]);
  });

  it('takes the same row twice as one: the commit whose answer was lost', async () => {
    const row = newVerification({ idempotencyKey: 'lost' });
    expect(await test.store.ledger.insert([row])).toEqual([{ kind: 'inserted' }]);
    expect(await test.store.ledger.insert([row])).toEqual([{ kind: 'inserted' }]);
    expect(await test.store.verification.timeline('acme', row.verification.id)).toEqual(row.entries);
  });

  it('agrees on one winner when batches that overlap race in opposite orders', async () => {
    const liveKeys = Array.from({ length: 30 }, () => randomBytes(32));
    const batch = (reversed: boolean) => {
      const rows = liveKeys.map((liveKey, n) => newVerification({ liveKey, idempotencyKey: `race-${n}` }));
      return reversed ? rows.reverse() : rows;
    };
    const batches = [batch(false), batch(true), batch(false), batch(true)];
    const outcomes = await Promise.all(batches.map((rows) => test.store.ledger.insert(rows)));
    const inserted = outcomes.flat().filter((outcome) => outcome.kind === 'inserted');
    expect(inserted).toHaveLength(liveKeys.length);
    const known = new Set(batches.flat().map((row) => row.verification.id));
    for (const outcome of outcomes.flat())
      if (outcome.kind === 'duplicate') expect(known.has(outcome.id)).toBe(true);
  });

  it('writes nothing of a batch that holds an impossible row', async () => {
    const good = newVerification();
    const bad = newVerification();
    const impossible = { ...bad, verification: { ...bad.verification, failedChecks: 6 } };
    await expect(test.store.ledger.insert([good, impossible])).rejects.toMatchObject({
      code: 'OTP_STORE_REFUSED',
      retryable: false,
      constraint: 'failed_checks_in_bounds',
    });
    expect(await test.store.verification.get('acme', good.verification.id)).toBeUndefined();
  });

  it('does nothing for an empty batch', async () => {
    expect(await test.store.ledger.insert([])).toEqual([]);
  });
});
