import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';
import type { GrantedCheck } from './check-book.ts';
import type { RecipientKeysOf } from './reserve-checks.ts';

const granted = (outcomes: readonly { kind: string }[]): GrantedCheck[] =>
  outcomes.filter((one): one is GrantedCheck => one.kind === 'granted');

/** In these tests the sealed recipient is the key itself. */
const keysOf: RecipientKeysOf = ({ sealedRecipient }) => [sealedRecipient];

describe('tries', () => {
  let test: TestStore;
  let other: Store;
  beforeAll(async () => {
    test = await testStore();
    other = openStore({ url: test.url });
  });
  afterAll(async () => {
    await other.close();
    await test.stop();
  });

  const key = (sealedRecipient: Buffer) => ({
    material: { ...newVerification().material, sealedRecipient },
  });
  const born = async (over: Parameters<typeof newVerification>[0] = {}) => {
    const row = newVerification(over);
    await test.store.ledger.insert([row]);
    return { id: row.verification.id, tenantId: row.verification.tenantId, mode: 'live' as const };
  };

  it('are given out five times, however many ask at once from two processes', async () => {
    const ask = await born();
    const batches = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? test.store : other).checks.reserve(
          Array.from({ length: 50 }, () => ask),
          keysOf,
        ),
      ),
    );
    const outcomes = batches.flat();
    expect(granted(outcomes).map((one) => one.left)).toHaveLength(5);
    expect(
      granted(outcomes)
        .map((one) => one.left)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4]);
    expect(outcomes.filter((one) => one.kind === 'refused' && one.reason === 'spent')).toHaveLength(1_995);
    const { rows } = await test.admin.query(
      'select reserved_checks, refused_checks from otp.verifications where id = $1',
      [ask.id],
    );
    expect(rows).toEqual([{ reserved_checks: 5, refused_checks: '1995' }]);
  });

  it('run out for a recipient and purpose over all their verifications, and only for them', async () => {
    const recipientKey = Buffer.alloc(32, 7);
    const asks = await Promise.all(Array.from({ length: 6 }, () => born(key(recipientKey))));
    const outcomes = await Promise.all(
      asks.flatMap((ask, n) =>
        Array.from({ length: 5 }, () => (n % 2 ? test.store : other).checks.reserve([ask], keysOf)),
      ),
    );
    expect(granted(outcomes.flat())).toHaveLength(20);
    const locked = await born(key(recipientKey));
    expect(await test.store.checks.reserve([locked], keysOf)).toMatchObject([
      { kind: 'refused', reason: 'locked_for_today' },
    ]);
    const stranger = await born({ ...key(recipientKey), tenantId: 'globex' });
    expect(await test.store.checks.reserve([stranger], keysOf)).toMatchObject([{ kind: 'granted' }]);

    const unlock = { tenantId: 'acme', recipientKey, purpose: 'auth', by: 'cli:ana' };
    expect(await test.store.checks.unlock({ ...unlock, purpose: 'payment' })).toBeUndefined();
    expect(await test.store.checks.unlock(unlock)).toEqual({ inRow: 20, inDay: 20 });
    expect(await test.store.checks.unlock(unlock)).toBeUndefined();
    expect(await test.store.checks.reserve([locked], keysOf)).toMatchObject([{ kind: 'granted' }]);
    const { rows } = await test.admin.query(
      `select actor, action, detail from otp.audit where action = 'recipient_unlocked'`,
    );
    expect(rows).toEqual([
      {
        actor: 'cli:ana',
        action: 'recipient_unlocked',
        detail: { purpose: 'auth', inRow: 20, inDay: 20 },
      },
    ]);
  });

  it('are taken back when they were right: the row of failures ends, the rest of the day still counts', async () => {
    const recipientKey = Buffer.alloc(32, 8);
    const ask = await born(key(recipientKey));
    const tries = granted(await test.store.checks.reserve([ask, ask, ask], keysOf));
    const failures = async () => {
      const { rows } = await test.admin.query<{ in_row: number; recent: string[] }>(
        'select in_row, recent from otp.check_failures where recipient_key = $1',
        [recipientKey],
      );
      return rows.map((row) => [row.in_row, row.recent.length]);
    };
    const right = {
      tenantId: 'acme',
      recipientKeys: [recipientKey],
      purpose: 'auth',
      countedAt: tries[0]!.countedAt,
    };
    expect(await failures()).toEqual([[3, 3]]);
    await test.store.checks.forgive({ ...right, approved: false });
    expect(await failures()).toEqual([[2, 2]]);
    await test.store.checks.forgive({ ...right, approved: true });
    expect(await failures()).toEqual([[0, 1]]);
    await test.store.checks.forgive({ ...right, countedAt: 1, approved: true });
    expect(await failures()).toEqual([[0, 1]]);
  });

  it('count for every address of the recipient: leaving one out does not help', async () => {
    const [phone, email] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const both: RecipientKeysOf = () => [phone, email];
    const asks = await Promise.all(Array.from({ length: 4 }, () => born()));
    for (const ask of asks) await test.store.checks.reserve([ask, ask, ask, ask, ask], both);
    const fresh = await born();
    for (const only of [[email], [phone], [Buffer.alloc(32, 3), email]])
      expect(await test.store.checks.reserve([fresh], () => only)).toMatchObject([
        { reason: 'locked_for_today' },
      ]);
    expect(await test.store.checks.reserve([fresh], () => [Buffer.alloc(32, 3)])).toMatchObject([
      { kind: 'granted' },
    ]);
  });

  it('are never given out for what is not there, not theirs, of the other mode, or over', async () => {
    const ask = await born();
    const expired = await born({ now: Date.now() - 3_600_000 });
    const outcomes = await test.store.checks.reserve(
      [
        { ...ask, id: 'vrf_00000000000000000000000000' },
        { ...ask, tenantId: 'globex' },
        { ...ask, mode: 'test' },
        expired,
        expired,
        ask,
      ],
      keysOf,
    );
    expect(outcomes).toMatchObject([
      { reason: 'unknown', before: 0 },
      { reason: 'unknown' },
      { reason: 'unknown' },
      { reason: 'expired', before: 0 },
      { reason: 'expired', before: 1 },
      { kind: 'granted', left: 4 },
    ]);
    const { rows } = await test.admin.query('select tenant_id, count from otp.unknown_checks order by 1');
    expect(rows).toEqual([
      { tenant_id: 'acme', count: '2' },
      { tenant_id: 'globex', count: '1' },
    ]);
  });

  it('take an id as it comes: no text breaks a batch', async () => {
    const ask = await born();
    const ids = ['', 'a\u0000b', '\ud800', "'; drop table otp.verifications; --", 'x'.repeat(10_000)];
    const outcomes = await test.store.checks.reserve([...ids.map((id) => ({ ...ask, id })), ask], keysOf);
    expect(outcomes.map((one) => one.kind)).toEqual([...ids.map(() => 'refused'), 'granted']);
  });
});

describe('declined channels and feedback', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  it('are remembered per tenant and recipient, for a while', async () => {
    const { declined, ledger } = test.store;
    const row = newVerification();
    await ledger.insert([row]);
    const { id } = row.verification;
    const who = { tenantId: 'acme', recipientKey: row.recipientKey };
    expect(await declined.any('acme')).toBe(false);
    await declined.put({ tenantId: 'globex', id, channel: 'whatsapp', forMs: 60_000 });
    expect(await declined.any('globex')).toBe(false);
    await declined.put({ tenantId: 'acme', id, channel: 'sms', forMs: -1 });
    expect(await declined.any('acme')).toBe(false);
    await declined.put({ tenantId: 'acme', id, channel: 'whatsapp', forMs: 60_000 });
    expect(await declined.any('acme')).toBe(true);
    expect(
      await declined.by([
        { ...who, tenantId: 'globex' },
        who,
        { tenantId: 'acme', recipientKey: Buffer.alloc(32) },
      ]),
    ).toEqual([[], ['whatsapp'], []]);
  });

  it('feedback is what was said last, and only about a verification of the tenant', async () => {
    const { feedback, ledger } = test.store;
    const row = newVerification();
    await ledger.insert([row]);
    const { id } = row.verification;
    await feedback.put('globex', id, true);
    expect(await feedback.get('acme', id)).toBeUndefined();
    await feedback.put('acme', id, true);
    await feedback.put('acme', id, false);
    expect(await feedback.get('acme', id)).toBe(false);
    expect(await feedback.get('globex', id)).toBeUndefined();
  });
});
