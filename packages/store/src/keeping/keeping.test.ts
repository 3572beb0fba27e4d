import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import { openStore } from '../open-store.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';
import { sealedColumns } from './sealed-columns.ts';

/** Tables that neither retention nor an erasure touches, and why that is right. */
const untouched: Readonly<Record<string, string>> = {
  tenants: 'no person: the tenant itself',
  api_keys: 'no person: a service',
  audit: 'who administers, and names of fields; of persons only counts',
  unknown_failure_codes: 'codes of providers, counted',
  unknown_checks: 'one number per tenant',
  abuse_traffic: 'ranges under a keyed hash, forgotten after hours by its own part',
  spend: 'sums per day, forgotten after 90 days by their own part',
  evidence: 'signed and chained: kept as proof, with a masked address and a keyed hash',
  evidence_keys: 'public keys',
};

const dayMs = 86_400_000;

describe('keeping', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  /** Verifications of long ago, over. */
  const oldOnes = async (tenantId: string, count: number, days: number): Promise<string[]> => {
    const now = Date.now() - days * dayMs;
    const rows = Array.from({ length: count }, () => newVerification({ tenantId, now }));
    await test.store.ledger.insert(rows);
    const ids = rows.map(({ verification }) => verification.id);
    await test.store.ledger.change(ids, ({ verification }, at) =>
      transition(verification, { type: 'canceled', by: 'service' }, at),
    );
    return ids;
  };
  const countOf = async (ids: readonly string[]): Promise<number> =>
    (await test.admin.query('select count(*)::int as n from otp.verifications where id = any($1)', [ids]))
      .rows[0].n;

  it('knows every column of sealed values', async () => {
    const { rows } = await test.admin.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'otp' and column_name like 'sealed\\_%' and data_type = 'bytea' order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      sealedColumns.map(({ table, column }) => `${table}.${column}`).sort(),
    );
  });

  it('may forget something of every table, but for those where nothing is to be forgotten', async () => {
    const { rows } = await test.admin.query<{ name: string; may: boolean }>(
      `select relname as name, has_table_privilege('otp_keeper', oid, 'delete')
          or has_table_privilege('otp_keeper', oid, 'update') as may
        from pg_class where relnamespace = 'otp'::regnamespace and relkind = 'r' and relname <> 'migrations' order by 1`,
    );
    const not = rows.filter(({ may }) => !may).map(({ name }) => name);
    expect(not).toEqual(Object.keys(untouched).sort());
  });

  it('deletes in batches, goes on where it stopped, and leaves what is under way', async () => {
    const ids = await oldOnes('acme', 25, 40);
    const [first = ''] = ids;
    const live = newVerification({ tenantId: 'acme' });
    await test.store.ledger.insert([live]);
    const cutoffs = [{ tenantId: 'acme', verificationsBefore: Date.now() - 30 * dayMs, receiptsBefore: 0 }];
    const stopping = new AbortController();
    const told: number[] = [];
    const stopped = await test.store.keeping.deleteOld({
      cutoffs,
      batch: 10,
      signal: stopping.signal,
      onBatch: (_tenant, { verifications }) => {
        told.push(verifications);
        stopping.abort();
      },
    });
    expect(stopped?.get('acme')?.verifications).toBe(10);
    expect(await countOf(ids)).toBe(15);
    const rest = await test.store.keeping.deleteOld({
      cutoffs,
      batch: 10,
      onBatch: (_t, all) => told.push(all.verifications),
    });
    expect(rest?.get('acme')?.verifications).toBe(15);
    expect(told).toEqual([10, 10, 15]);
    expect(await countOf([...ids, live.verification.id])).toBe(1);
    for (const table of ['attempts', 'events'])
      expect(
        (await test.admin.query(`select 1 from otp.${table} where verification_id = $1`, [first])).rowCount,
      ).toBe(0);
  });

  it('is bound to the tenant it works for, whatever it is asked', async () => {
    const ids = await oldOnes('globex', 3, 1);
    const erased = await test.store.keeping.eraseVerifications('acme', ids);
    expect(erased).toEqual({ verifications: 0, attempts: 0, entries: 0, receipts: 0 });
    const cutoffs = [{ tenantId: 'acme', verificationsBefore: Date.now(), receiptsBefore: Date.now() }];
    await test.store.keeping.deleteOld({ cutoffs, batch: 100 });
    expect(await countOf(ids)).toBe(3);
  });

  it('is one process at a time, and the next one when that dies', async () => {
    const other = openStore({ url: test.url, maxConnections: 2 });
    const cutoffs = [{ tenantId: 'acme', verificationsBefore: Date.now(), receiptsBefore: 0 }];
    await oldOnes('acme', 2, 1);
    let meanwhile: unknown = 'not asked';
    const asked: Promise<unknown>[] = [];
    await test.store.keeping.deleteOld({
      cutoffs,
      batch: 1,
      onBatch: () => {
        if (asked.length === 0)
          asked.push(other.keeping.deleteOld({ cutoffs, batch: 1 }).then((answer) => (meanwhile = answer)));
      },
    });
    await Promise.all(asked);
    // Whoever asked during the first batch was turned away, or came after the last one and found nothing.
    expect(
      meanwhile === undefined ||
        (meanwhile as Map<string, { verifications: number }>).get('acme')?.verifications === 0,
    ).toBe(true);
    expect(await other.keeping.deleteOld({ cutoffs, batch: 1 })).toBeDefined();
    await other.close();
  });

  it('puts a value sealed anew only where the old one still stands', async () => {
    const { store } = test;
    await store.tenants.put({ id: 'acme', name: 'Acme', config: {} });
    const sealed = Buffer.concat([Buffer.from([1, 0, 1]), randomBytes(30)]);
    await store.accounts.put({
      tenantId: 'acme',
      id: 'sms',
      provider: 'twilio-sms',
      settings: {},
      sealedCredentials: sealed,
    });
    const [column] = sealedColumns;
    const page = { current: 2, after: '', limit: 10 };
    const [value] = await store.keeping.sealedWithOthers('acme', column, page);
    expect(value).toEqual({ id: 'sms', sealed });
    expect(await store.keeping.countSealed('acme', column)).toEqual([{ version: 1, count: 1 }]);
    const anew = Buffer.concat([Buffer.from([1, 0, 2]), randomBytes(30)]);
    expect(
      await store.keeping.putSealed('acme', column, [{ ...value!, sealed: randomBytes(33), anew }]),
    ).toBe(0);
    expect(await store.keeping.putSealed('globex', column, [{ ...value!, anew }])).toBe(0);
    expect(await store.keeping.putSealed('acme', column, [{ ...value!, anew }])).toBe(1);
    expect(await store.keeping.sealedWithOthers('acme', column, page)).toEqual([]);
    // The same credentials under another key are no change of the account.
    expect((await store.audit.list('acme')).map(({ action }) => action)).toEqual([
      'account_created',
      'tenant_created',
    ]);
  });
});
