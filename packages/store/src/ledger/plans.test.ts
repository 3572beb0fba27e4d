import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { transition, type Verification } from '@otp-relay/core';
import pg from 'pg';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly Node[];
}

const flat = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(flat)];

/** What a plan reads, e.g. `verifications by verifications_pkey`; a whole table is told as such. */
const readsOf = (plan: Node): readonly string[] =>
  flat(plan).flatMap((node) => {
    const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = node;
    if (type === 'Seq Scan') return [`all of ${table}`];
    if (type === 'Bitmap Index Scan') return [`by ${index}`];
    return /^Index/.test(type) ? [`${table} by ${index}`] : [];
  });

const expected: Readonly<Record<string, readonly string[]>> = {
  'ledger-insert': [],
  'ledger-look-up': [
    'requests by requests_pkey',
    'verifications by verifications_idempotency',
    'verifications by verifications_live',
    'verifications by verifications_pkey',
  ],
  'ledger-lock': ['requests by requests_pkey', 'verifications by verifications_pkey'],
  'ledger-attempts': ['attempts by one_try_per_step'],
  'ledger-write': ['attempts by one_try_per_step', 'verifications by verifications_pkey'],
  'ledger-write-tried': ['attempts by one_try_per_step', 'verifications by verifications_pkey'],
  'ledger-has-deadlines': ['verifications by verifications_pkey'],
  'ledger-locate': ['attempts by attempts_provider_ref'],
  'ledger-due': ['verifications by verifications_sweep'],
  'receipts-record': [],
};

/** What the hot path reads stays what an index leads to, however large the tables are: the cost of one OTP does not grow. */
describe('query plans of the ledger', () => {
  let test: TestStore;
  const statements = new Map<string, string>();

  beforeAll(async () => {
    test = await testStore();
    await test.admin.query(fill('acme', 20_000));
    for (const table of ['verifications', 'requests', 'attempts', 'events', 'receipts', 'buckets'])
      await test.admin.query(`analyze otp.${table}`);
    const query = jest.spyOn(pg.Client.prototype, 'query');
    await everything();
    for (const [config] of query.mock.calls as unknown as [{ name?: string; text?: string }][])
      if (config?.name !== undefined && config.text !== undefined) statements.set(config.name, config.text);
    query.mockRestore();
  });
  afterAll(() => test.stop());

  /** Each statement of the hot path, once. */
  async function everything(): Promise<void> {
    const { ledger, receipts } = test.store;
    const rows = [newVerification(), newVerification()];
    const [one = '', two = ''] = rows.map((row) => row.verification.id);
    await ledger.insert(rows);
    // The same again: who was there first is looked up.
    await ledger.insert(rows);
    const started = ({ verification }: { verification: Verification }, now: number) =>
      transition(verification, { type: 'started', attemptId: verification.currentId!, claim: 'c' }, now);
    await ledger.change([one, two], started);
    // Remembered since it was granted here.
    const withheld = ({ verification }: { verification: Verification }, now: number) => {
      const attemptId = verification.currentId!;
      return transition(
        verification,
        { type: 'withheld', attemptId, claim: 'c', reason: 'over_budget' },
        now,
      );
    };
    await ledger.change([two], withheld, { ids: new Set([two]), now: Date.now() });
    await ledger.hasDeadlines([{ id: one, at: 1 }]);
    await ledger.locateByProviderRef('acme', 'acme-wa', ['wamid.1']);
    await ledger.due({ limit: 10, graceMs: 0 });
    const status = 'delivered' as const;
    const receipt = {
      tenantId: 'acme',
      account: 'acme-wa',
      provider: 'meta-whatsapp',
      status,
      at: 1,
      raw: {},
    };
    await receipts.record([{ ...receipt, dedupKey: 'k', attemptId: null, providerRef: 'wamid.1' }]);
  }

  async function planOf(text: string): Promise<Node> {
    // Prepared statements are planned once, without their values; the ledger's connections are told so.
    await test.admin.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off');
    const { rows } = await test.admin.query(`explain (generic_plan, format json) ${text}`);
    return rows[0]['QUERY PLAN'][0].Plan;
  }

  it('lets most changes of a row touch no index', async () => {
    const rows = Array.from({ length: 200 }, () => newVerification());
    await test.store.ledger.insert(rows);
    const ids = rows.map((row) => row.verification.id);
    await test.admin.query('begin');
    // A provider's answer: the deadline moves by less than what its index tells apart.
    await test.admin.query(
      `update otp.verifications set delivery = 'awaiting', deadline_at = deadline_at - deadline_at % 4096 + 4000,
          version = version + 1 where id = any($1)`,
      [ids],
    );
    await test.admin.query(
      `update otp.attempts set state = 'sent', sent_at = 1 where verification_id = any($1)`,
      [ids],
    );
    const { rows: counts } = await test.admin.query(
      `select table_name, pg_stat_get_xact_tuples_updated(format('otp.%s', table_name)::regclass)::int as all,
          pg_stat_get_xact_tuples_hot_updated(format('otp.%s', table_name)::regclass)::int as without
        from unnest(array['verifications', 'attempts']) as table_name`,
    );
    await test.admin.query('rollback');
    expect(counts).toEqual([
      { table_name: 'verifications', all: 200, without: 200 },
      { table_name: 'attempts', all: 200, without: 200 },
    ]);
  });

  it('locks rows in the order they are given, so that two batches cannot deadlock', async () => {
    const plan = await planOf(statements.get('ledger-write')!);
    const update = flat(plan).find(
      (node) => node['Node Type'] === 'ModifyTable' && node['Relation Name'] === 'verifications',
    );
    const join = update?.Plans?.find((node) => node['Parent Relationship'] === 'Outer');
    expect([join, ...(join?.Plans ?? [])].map((node) => node?.['Node Type'])).toEqual([
      'Nested Loop',
      'Function Scan',
      'Index Scan',
    ]);
  });

  it('knows them all', () => {
    expect([...statements.keys()].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', async (name, reads) => {
    expect([...new Set(readsOf(await planOf(statements.get(name)!)))].sort()).toEqual(reads);
  });
});

/** Verifications that are over, and what belongs to them. */
const fill = (tenantId: string, count: number): string => `
  with made as (select i, 'vrf_' || lpad(i::text, 26, '0') as id, 'att_' || lpad(i::text, 26, '0') || '_0_1' as attempt
    from generate_series(1, ${count}) as i),
  v as (insert into otp.verifications (id, tenant_id, status, delivery, phone, email, current_id, step_started_at,
      created_at, expires_at, failed_checks, max_checks, idempotency_key, live_key, updated_at)
    select id, '${tenantId}', 'approved', 'delivered', 'present', 'absent', attempt, i, i, i + 600000, 0, 5,
      'job-' || i, sha256(i::text::bytea), i from made),
  r as (insert into otp.requests (id, tenant_id, purpose, steps, sealed_recipient, recipient_masked, recipient_key,
      code_mac, locale, mode, source, request_hash)
    select id, '${tenantId}', 'auth', '[]', '', '', sha256(i::text::bytea), '', 'en', 'live', 'http', '' from made),
  a as (insert into otp.attempts (verification_id, step, try, id, tenant_id, ordinal, channel, provider, account, state,
      claim, provider_ref, queued_at, sending_at, delivered_at)
    select id, 0, 1, attempt, '${tenantId}', 0, 'whatsapp', 'meta-whatsapp', 'acme-wa', 'delivered', 'c', 'wamid.' || i,
      i, i, i from made),
  e as (insert into otp.events (verification_id, tenant_id, type, attempt_id, at, detail)
    select id, '${tenantId}', 'attempt_delivered', attempt, i, '{}' from made)
  insert into otp.receipts (tenant_id, account, dedup_key, provider, attempt_id, provider_ref, status, raw)
    select '${tenantId}', 'acme-wa', i::text, 'meta-whatsapp', attempt, 'wamid.' || i, 'delivered', '{}' from made`;
