import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import { newVerification } from './testing/new-verification.ts';
import { type TestStore, testStore } from './testing/test-store.ts';

const tenants = ['acme', 'globex'];

describe('row-level security', () => {
  let test: TestStore;
  let tables: string[];

  beforeAll(async () => {
    test = await testStore();
    const { store, admin } = test;
    for (const id of tenants) {
      await store.tenants.put({ id, name: id, config: {} });
      await store.accounts.put({
        tenantId: id,
        id: 'sms',
        provider: 'twilio-sms',
        settings: {},
        sealedCredentials: Buffer.from('x'),
      });
      await store.apiKeys.create({
        id: `key_${id}`,
        tenantId: id,
        hash: Buffer.from(id),
        name: 'n',
        mode: 'live',
        scopes: [],
        expiresAt: null,
      });
      const row = newVerification({ tenantId: id });
      const ask = { tenantId: id, id: row.verification.id, mode: 'live' } as const;
      await store.ledger.insert([row]);
      await store.checks.reserve([ask, { ...ask, id: 'vrf_none' }], () => [row.recipientKey]);
      await store.declined.put({ ...ask, channel: 'whatsapp', forMs: 60_000 });
      await store.feedback.put(id, ask.id, true);
      await store.receipts.record([
        {
          tenantId: id,
          account: 'sms',
          provider: 'twilio-sms',
          dedupKey: 'd',
          attemptId: null,
          providerRef: 'SM1',
          status: 'sent',
          at: null,
          raw: {},
        },
      ]);
      await approvedSignature(test, id);
      await store.rejectedJobs.record({ tenantId: id, jobId: '1', problems: [] });
      await store.unknownCodes.count({ tenantId: id, provider: 'twilio-sms', code: '1' });
      const key = Buffer.alloc(32);
      await store.abuse.watch([{ tenantId: id, key, slot: 0, count: 1, lines: [1] }], [], [], 0);
      await store.abuse.block(
        [{ tenantId: id, key, rule: 'prefix', name: '+1415555', until: 1, detail: {} }],
        0,
      );
      await store.abuse.record([
        {
          tenantId: id,
          at: 0,
          outcome: 'refused',
          purpose: 'auth',
          recipientMasked: '+1 ••• 00',
          country: 'US',
          prefix: '+1415555',
          channels: [],
          source: 'http',
          reasons: [],
          verificationId: null,
        },
      ]);
      await store.spend.reserve([{ tenantId: id, price: 1, buckets: [{ name: 'total', cap: 1 }] }]);
    }
    const listed = await admin.query<{ tablename: string }>(
      `select tablename from pg_tables where schemaname = 'otp' and tablename <> 'migrations' order by 1`,
    );
    tables = listed.rows.map((row) => row.tablename);
  });
  afterAll(() => test.stop());

  it('is forced on every table', async () => {
    const { rows } = await test.admin.query(
      `select relname, relrowsecurity and relforcerowsecurity as forced from pg_class
        where relnamespace = 'otp'::regnamespace and relkind = 'r' and relname <> 'migrations' order by 1`,
    );
    expect(rows).toEqual(tables.map((relname) => ({ relname, forced: true })));
    expect(tables.length).toBeGreaterThan(10);
  });

  it('binds the roles of tenants and of the keeper to one tenant on every table', async () => {
    const { rows } = await test.admin.query<{ tablename: string; role: string; cmd: string; bound: string }>(
      `select tablename, unnest(roles)::text as role, cmd, coalesce(with_check, qual) as bound from pg_policies
        where schemaname = 'otp'`,
    );
    const unbound = rows.filter(
      ({ role, bound, tablename }) =>
        role !== 'otp_corridor' &&
        !(tablename === 'rejected_jobs' && bound === '(tenant_id IS NULL)') &&
        !/^\((?:tenant_id|id) = current_setting\('otp.tenant_id'::text, true\)\)$/.test(bound),
    );
    expect(unbound).toEqual([]);
    const readable = rows.filter(({ role, cmd }) => role === 'otp_tenant' && cmd === 'SELECT');
    expect(readable.map(({ tablename }) => tablename).sort()).toEqual(tables);
  });

  it('is not undone by owning the tables: no role of ours does, and none may pass row security by', async () => {
    const { rows } = await test.admin.query(
      `select rolname from pg_roles where rolname like 'otp_%' and (rolsuper or rolbypassrls or rolcanlogin)
        union all
        select tableowner from pg_tables where schemaname = 'otp' and tableowner like 'otp_%'`,
    );
    expect(rows).toEqual([]);
    expect(await test.store.withTenant('acme', (ask) => ask('select current_user as who'))).toEqual([
      { who: 'otp_tenant' },
    ]);
  });

  it('shows a tenant its own rows of every table, and all of them to the corridor', async () => {
    let filled = 0;
    for (const table of tables) {
      const column = table === 'tenants' ? 'id' : 'tenant_id';
      const all = await test.admin.query<{ t: string }>(
        `select distinct ${column} as t from otp.${table} order by 1`,
      );
      // Tables of parts that nothing was written to here have their policies checked above.
      if (all.rows.length === 0) continue;
      filled += 1;
      expect([table, all.rows.map((row) => row.t)]).toEqual([table, tenants]);
      for (const tenant of tenants) {
        const seen = await test.store.withTenant(tenant, (ask) =>
          ask<{ t: string }>(`select distinct ${column} as t from otp.${table}`),
        );
        expect([table, seen]).toEqual([table, [{ t: tenant }]]);
      }
    }
    expect(filled).toBeGreaterThan(10);
  });

  it('shows nothing to a tenant role without a tenant, and forgets the tenant with the transaction', async () => {
    const { admin } = test;
    await test.store.withTenant('acme', (ask) => ask('select 1'));
    await admin.query('begin');
    await admin.query('set local role otp_tenant');
    for (const table of tables) expect((await admin.query(`select 1 from otp.${table}`)).rowCount).toBe(0);
    await admin.query('rollback');
  });

  it('lets a tenant write nothing', async () => {
    for (const table of tables)
      await expect(
        test.store.withTenant('acme', (ask) => ask(`delete from otp.${table}`)),
      ).rejects.toMatchObject({ code: 'OTP_STORE_REFUSED' });
  });

  it('lets nobody but the owner rewrite the timeline or evidence', async () => {
    const { admin } = test;
    for (const role of ['otp_corridor', 'otp_tenant'])
      for (const statement of [
        `update otp.events set type = 'x'`,
        'delete from otp.events',
        'truncate otp.events',
        `update otp.evidence set record = '{}', hash = sha256('{}')`,
        'delete from otp.evidence',
        'truncate otp.evidence',
        `update otp.evidence_keys set x = 'x'`,
        'delete from otp.evidence_keys',
      ]) {
        await admin.query('begin');
        await admin.query(`set local role ${role}`);
        await expect(admin.query(statement)).rejects.toMatchObject({ code: '42501' });
        await admin.query('rollback');
      }
  });
});

/** A signature that was approved and sealed, as a stand-in for what the engine signs. */
async function approvedSignature({ store }: TestStore, tenantId: string): Promise<void> {
  const row = newVerification({ tenantId });
  const { id } = row.verification;
  const context = { documentTitle: 't', documentHash: 'a0'.repeat(32) };
  await store.ledger.insert([
    {
      ...row,
      verification: { ...row.verification, purpose: 'signature' },
      material: { ...row.material, context },
    },
  ]);
  await store.ledger.change([id], ({ verification }, now) =>
    transition(verification, { type: 'approved' }, now),
  );
  const text = JSON.stringify({ id });
  const hash = createHash('sha256').update(text).digest();
  await store.evidence.append(tenantId, id, () => ({
    text,
    hash,
    keyId: 'k',
    signature: Buffer.alloc(64),
    x: 'x'.repeat(43),
  }));
}
