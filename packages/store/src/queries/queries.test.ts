import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition, type VerificationEvent } from '@otp-relay/core';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

describe('queries', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  describe('tenants', () => {
    it('counts versions, and only what differs is a change', async () => {
      const { tenants } = test.store;
      const tenant = { id: 'acme', name: 'Acme', config: { brand: 'Acme', list: [1, null] } };
      expect(await tenants.put(tenant)).toEqual({ kind: 'stored', version: 1, changed: true });
      expect(await tenants.put(tenant)).toEqual({ kind: 'stored', version: 1, changed: false });
      expect(await tenants.put({ ...tenant, name: 'Acme Inc.' })).toEqual({
        kind: 'stored',
        version: 2,
        changed: true,
      });
      expect(await tenants.get('acme')).toMatchObject({ ...tenant, name: 'Acme Inc.', version: 2 });
      expect(await tenants.get('nobody')).toBeUndefined();
      expect(await tenants.list()).toMatchObject([{ id: 'acme' }]);
    });

    it('refuses a change based on another version', async () => {
      const { tenants } = test.store;
      const tenant = { id: 'cas', name: 'a', config: {} };
      expect(await tenants.put(tenant, 3)).toEqual({ kind: 'conflict', version: 0 });
      expect(await tenants.put(tenant, 0)).toEqual({ kind: 'stored', version: 1, changed: true });
      expect(await tenants.put({ ...tenant, name: 'b' }, 0)).toEqual({ kind: 'conflict', version: 1 });
      const outcomes = await Promise.all(['c', 'd', 'e'].map((name) => tenants.put({ ...tenant, name }, 1)));
      expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['conflict', 'conflict', 'stored']);
    });
  });

  it('keeps accounts, sealed credentials and all', async () => {
    const { accounts, tenants } = test.store;
    await tenants.put({ id: 'acc', name: 'a', config: {} });
    const account = {
      tenantId: 'acc',
      id: 'wa',
      provider: 'meta-whatsapp',
      settings: { phoneId: '1' },
      sealedCredentials: Buffer.from([0, 255]),
    };
    await accounts.put(account);
    await accounts.put({ ...account, settings: { phoneId: '2' } });
    expect(await accounts.list('acc')).toEqual([
      { ...account, settings: { phoneId: '2' }, updatedAt: expect.any(Number) },
    ]);
    expect(await accounts.get('acc', 'wa')).toMatchObject({ sealedCredentials: account.sealedCredentials });
    expect(await accounts.get('other', 'wa')).toBeUndefined();
    expect(await accounts.remove('acc', 'wa')).toBe(true);
    expect(await accounts.remove('acc', 'wa')).toBe(false);
  });

  it('finds an API key by its hash until it is revoked or expires', async () => {
    const { apiKeys, tenants } = test.store;
    await tenants.put({ id: 'keys', name: 'k', config: {} });
    const now = await test.store.now();
    const key = {
      id: 'key_1',
      tenantId: 'keys',
      name: 'server',
      mode: 'live' as const,
      scopes: ['send', 'read'],
      expiresAt: null,
    };
    await apiKeys.create({ ...key, hash: Buffer.from('h1') });
    await apiKeys.create({ ...key, id: 'key_2', expiresAt: now + 60_000, hash: Buffer.from('h2') });
    expect(await apiKeys.findByHash(Buffer.from('h1'))).toMatchObject({ ...key, lastUsedAt: null });
    await apiKeys.touch('keys', 'key_1');
    const [touched] = await apiKeys.list('keys');
    expect(touched?.lastUsedAt).toBeGreaterThanOrEqual(now);
    await test.admin.query(`update otp.api_keys set created_at = 1, expires_at = 2 where id = 'key_2'`);
    expect(await apiKeys.findByHash(Buffer.from('h2'))).toBeUndefined();
    expect(await apiKeys.revoke('other', 'key_1')).toBe(false);
    expect(await apiKeys.revoke('keys', 'key_1')).toBe(true);
    expect(await apiKeys.revoke('keys', 'key_1')).toBe(false);
    expect(await apiKeys.findByHash(Buffer.from('h1'))).toBeUndefined();
  });

  it('tells of every tenant that changes, also after its connection was cut', async () => {
    const heard: string[] = [];
    let wake = (): void => {};
    /** The jest timeout is the limit. */
    const hears = async (count: number, id: string): Promise<void> => {
      while (heard.filter((one) => one === id).length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    };
    const stop = await test.store.onTenantsChanged((id) => {
      heard.push(id);
      wake();
    });
    await test.store.tenants.put({ id: 'first', name: 'f', config: {} });
    await hears(1, 'first');
    const account = {
      tenantId: 'first',
      id: 'a',
      provider: 'p',
      settings: {},
      sealedCredentials: Buffer.alloc(1),
    };
    await test.store.accounts.put(account);
    await hears(2, 'first');
    await test.store.accounts.remove('first', 'a');
    await hears(3, 'first');

    await test.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'otp-relay tenants'`,
    );
    await hears(4, 'first');
    await test.store.tenants.put({ id: 'second', name: 's', config: {} });
    await hears(1, 'second');
    await stop();
  });

  describe('verifications', () => {
    const at = Date.now();
    const rows = Array.from({ length: 5 }, (_, n) =>
      newVerification({ tenantId: 'lists', now: at + n * 1_000 }),
    );
    const ids = rows.map((row) => row.verification.id).reverse();
    beforeAll(async () => {
      await test.store.ledger.insert([...rows, newVerification({ tenantId: 'others' })]);
      await test.store.ledger.change([ids[0]!], ({ verification }, now) =>
        transition(verification, { type: 'approved' }, now),
      );
    });

    it('lists them newest first, in pages, by status and by time', async () => {
      const list = async (options: Parameters<typeof test.store.verification.list>[1]): Promise<string[]> =>
        (await test.store.verification.list('lists', options)).map((summary) => summary.id);
      expect(await list({})).toEqual(ids);
      expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
      expect(await list({ limit: 2, before: ids[1]! })).toEqual(ids.slice(2, 4));
      expect(await list({ status: 'approved' })).toEqual([ids[0]]);
      expect(await list({ since: at + 2_000 })).toEqual(ids.slice(0, 3));
      expect((await test.store.verification.list('lists', { limit: 1 }))[0]).toMatchObject({
        status: 'approved',
        channel: 'whatsapp',
        attempts: 1,
        recipientMasked: rows[0]?.recipientMasked,
      });
    });

    it('finds them for an operator by the beginning of their id or of an attempt of theirs', async () => {
      const { find } = test.store.verification;
      const id = ids[0]!;
      expect(await find(id)).toEqual([{ id, tenantId: 'lists' }]);
      expect(await find(id.slice(0, 25))).toEqual([{ id, tenantId: 'lists' }]);
      expect(await find(`att_${id.slice(4)}_0_1`)).toEqual([{ id, tenantId: 'lists' }]);
      expect(await find(`att_${id.slice(4, 25)}`)).toEqual([{ id, tenantId: 'lists' }]);
      expect(await find('vrf_%')).toEqual([]);
    });

    it('shows a tenant its own only', async () => {
      expect(await test.store.verification.get('others', ids[0]!)).toBeUndefined();
      expect(await test.store.verification.timeline('others', ids[0]!)).toEqual([]);
      expect((await test.store.verification.timeline('lists', ids[0]!)).map((entry) => entry.type)).toEqual([
        'accepted',
        'attempt_queued',
        'attempt_suppressed',
        'approved',
      ]);
    });
  });

  it('groups failures with their share of the attempts', async () => {
    const since = Date.now() - 1_000;
    const rows = Array.from({ length: 4 }, () => newVerification({ tenantId: 'fails' }));
    await test.store.ledger.insert(rows);
    const ids = rows.map((row) => row.verification.id);
    const apply = (which: readonly string[], event: (attemptId: string) => VerificationEvent) =>
      test.store.ledger.change(which, ({ verification }, now) =>
        transition(verification, event(verification.attempts[0]!.id), now),
      );
    await apply(ids, (attemptId) => ({ type: 'started', attemptId, claim: 'c' }));
    await apply(ids.slice(0, 3), (attemptId) => ({
      type: 'refused',
      attemptId,
      claim: 'c',
      failure: { kind: 'not_on_whatsapp', scope: 'recipient', code: '131026' },
    }));
    const expected = {
      channel: 'whatsapp',
      provider: 'meta-whatsapp',
      kind: 'not_on_whatsapp',
      code: '131026',
      country: 'US',
      count: 3,
      attempts: 4,
      share: 0.75,
    };
    expect(await test.store.failures('fails', since)).toEqual([expected]);
    expect(await test.store.failures(null, since)).toContainEqual(expected);
    expect(await test.store.failures('lists', since)).toEqual([]);
    expect(await test.store.failures('fails', Date.now() + 60_000)).toEqual([]);
  });

  it('keeps what was wrong with a job, and counts codes nobody knows', async () => {
    const job = { tenantId: null, jobId: 'j\ud800\0', problems: [{ path: 'to', problem: 'is required\0' }] };
    await test.store.rejectedJobs.record(job);
    expect(await test.store.rejectedJobs.list(5)).toEqual([
      {
        tenantId: null,
        jobId: 'j\ufffd',
        problems: [{ path: 'to', problem: 'is required' }],
        at: expect.any(Number),
      },
    ]);
    const code = { tenantId: 'acme', provider: 'twilio-sms', code: '99999' };
    await Promise.all([1, 2, 3].map(() => test.store.unknownCodes.count(code)));
    expect(await test.store.unknownCodes.list()).toMatchObject([{ ...code, count: 3 }]);
  });
});
