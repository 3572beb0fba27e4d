import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';
import { insertOutbox, outboxRecords } from './outbox-row.ts';

let test: TestStore;
beforeAll(async () => {
  test = await testStore();
});
afterAll(() => test.stop());

let count = 0;
const eventId = (): string => {
  count += 1;
  return `evt_${String(count).padStart(26, '0')}`;
};

interface Hook {
  readonly id: string;
  readonly url?: string;
  readonly events?: readonly string[];
}
const put = (tenant: string, webhooks: readonly Hook[]) =>
  test.store.tenants.put({
    id: tenant,
    name: tenant,
    config: { webhooks: webhooks.map((hook) => ({ url: `https://${tenant}.example/${hook.id}`, ...hook })) },
  });

/** Events in the outbox of a tenant, `ageMs` old. */
async function events(tenant: string, webhook: string, many: number, ageMs = 0): Promise<string[]> {
  const at = (await test.store.now()) - ageMs;
  const rows = Array.from({ length: many }, () => ({
    id: eventId(),
    tenantId: tenant,
    webhook,
    type: 'verification.delivered',
    verificationId: newVerification().verification.id,
    at,
    data: { status: 'pending' },
  }));
  await test.admin.query(insertOutbox(1), [outboxRecords(rows)]);
  return rows.map((row) => row.id);
}
const claim = (tenant: string, webhook: string, limit = 100, leaseMs = 30_000) =>
  test.store.outbox.claim(tenant, webhook, { limit, leaseMs });

describe('the webhooks of a tenant', () => {
  it('follow its configuration in the same commit', async () => {
    await put('follow', [{ id: 'one' }, { id: 'two', events: ['verification.approved'] }]);
    await put('other', [{ id: 'one' }]);
    expect(await test.store.webhooks.list('follow')).toMatchObject([
      { id: 'one', url: 'https://follow.example/one', events: null, state: 'enabled', sealedSecrets: null },
      { id: 'two', events: ['verification.approved'] },
    ]);
    await put('follow', [{ id: 'two' }, { id: 'three' }]);
    expect((await test.store.webhooks.list('follow')).map(({ id, events: types }) => [id, types])).toEqual([
      ['three', null],
      ['two', null],
    ]);
    await put('follow', []);
    expect(await test.store.webhooks.list('follow')).toEqual([]);
    expect(await test.store.webhooks.list('other')).toHaveLength(1);
  });

  it('keep their secrets over a change of the file, and lose no race for them', async () => {
    await put('secrets', [{ id: 'one' }]);
    const hook = { tenantId: 'secrets', id: 'one' };
    const wins = await Promise.all(
      ['a', 'b', 'c'].map((text) => test.store.webhooks.putSecrets(hook, Buffer.from(text), null)),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    await put('secrets', [{ id: 'one', url: 'https://elsewhere.example/' }]);
    const kept = (await test.store.webhooks.get('secrets', 'one'))?.sealedSecrets;
    expect(kept).toHaveLength(1);
    expect(await test.store.webhooks.putSecrets(hook, Buffer.from('next'), kept ?? null)).toBe(true);
    expect(await test.store.webhooks.putSecrets(hook, Buffer.from('late'), kept ?? null)).toBe(false);
  });

  it('are enabled again by another address, not by the same one', async () => {
    await put('again', [{ id: 'one' }]);
    await events('again', 'one', 3);
    expect(await test.store.webhooks.disable('again', 'one', 'gone')).toBe(true);
    expect(await test.store.webhooks.disable('again', 'one', 'gone')).toBe(false);
    expect(await claim('again', 'one')).toEqual([]);
    await put('again', [{ id: 'one', events: ['verification.denied'] }]);
    expect(await test.store.webhooks.get('again', 'one')).toMatchObject({
      state: 'disabled',
      disabledReason: 'gone',
    });
    await put('again', [{ id: 'one', url: 'https://new.example/' }]);
    expect(await test.store.webhooks.get('again', 'one')).toMatchObject({
      state: 'enabled',
      disabledAt: null,
    });
  });

  it('tell the caches when they change, and keep how they fare to themselves', async () => {
    await put('told', [{ id: 'one' }]);
    const heard: string[] = [];
    const stop = await test.store.onTenantsChanged((tenant) => heard.push(tenant));
    await test.store.webhooks.fails('told', 'one', 0);
    await test.store.webhooks.works('told', 'one');
    await test.store.webhooks.disable('told', 'one', 'gone');
    await test.store.webhooks.enable('told', 'one');
    await put('told-last', []);
    await waitFor('the last change', () => heard.includes('told-last'));
    expect(heard.filter((tenant) => tenant === 'told')).toHaveLength(2);
    await stop();
  });

  it('fail since the first call that came to nothing, and one in a while is allowed to try', async () => {
    await put('fails', [{ id: 'one' }]);
    const since = await test.store.webhooks.fails('fails', 'one', 60_000);
    expect(await test.store.webhooks.fails('fails', 'one', 60_000)).toBe(since);
    expect(await test.store.webhooks.probe('fails', 'one', 1_000)).toBe(false);
    await test.store.webhooks.fails('fails', 'one', 0);
    const probes = await Promise.all([1, 2, 3].map(() => test.store.webhooks.probe('fails', 'one', 60_000)));
    expect(probes.filter(Boolean)).toHaveLength(1);
    await test.store.webhooks.works('fails', 'one');
    expect(await test.store.webhooks.get('fails', 'one')).toMatchObject({ failures: 0, failingSince: null });
  });
});

describe('the outbox', () => {
  it('gives each event to one taker, also when many ask at once', async () => {
    await put('claim', [{ id: 'one' }, { id: 'two' }]);
    const ids = await events('claim', 'one', 40);
    await events('claim', 'two', 5);
    const taken = await Promise.all(Array.from({ length: 8 }, () => claim('claim', 'one', 10)));
    expect(taken.filter((some) => some.length > 10)).toEqual([]);
    expect(
      taken
        .flat()
        .map((event) => event.id)
        .sort(),
    ).toEqual([...ids].sort());
    expect(new Set(taken.flat().map((event) => event.tries))).toEqual(new Set([1]));
  });

  it('gives no more than was asked for', async () => {
    await put('limit', [{ id: 'one' }]);
    await events('limit', 'one', 40);
    expect(await claim('limit', 'one', 1)).toHaveLength(1);
    expect(await claim('limit', 'one', 7)).toHaveLength(7);
  });

  it('gives an event again when whoever took it never came back', async () => {
    await put('lease', [{ id: 'one' }]);
    await events('lease', 'one', 1);
    expect(await claim('lease', 'one', 1, 0)).toMatchObject([{ tries: 1 }]);
    expect(await claim('lease', 'one')).toMatchObject([{ tries: 2 }]);
    expect(await claim('lease', 'one')).toEqual([]);
  });

  it('remembers what became of a try', async () => {
    await put('record', [{ id: 'one' }]);
    const [first = '', second = '', third = ''] = await events('record', 'one', 3);
    await claim('record', 'one');
    await test.store.outbox.record('record', 'one', [
      { id: first, state: 'delivered', delayMs: 0, status: 204, failure: null },
      { id: second, state: 'pending', delayMs: 60_000, status: 500, failure: 'status_500' },
      { id: third, state: 'failed', delayMs: 0, status: null, failure: 'unresolved' },
    ]);
    const listed = await test.store.outbox.list('record', { limit: 10 });
    expect(listed.map((event) => event.deliveries[0])).toMatchObject([
      { state: 'failed', lastFailure: 'unresolved' },
      { state: 'pending', lastStatus: 500, tries: 1 },
      { webhook: 'one', state: 'delivered', lastStatus: 204 },
    ]);
    expect(await claim('record', 'one')).toEqual([]);
  });

  it('finds every webhook with something due, however much waits at another', async () => {
    for (const tenant of ['wait-a', 'wait-b', 'wait-c']) await put(tenant, [{ id: 'one' }]);
    await events('wait-a', 'one', 2_000, 10_000);
    await events('wait-b', 'one', 1, 5_000);
    await events('wait-c', 'one', 1, 5_000);
    await test.store.webhooks.fails('wait-c', 'one', 60_000);
    const waiting = await test.store.outbox.waiting(1_000);
    const tenants = waiting.map(({ tenant }) => tenant);
    expect(tenants).toEqual(expect.arrayContaining(['wait-a', 'wait-b']));
    expect(tenants).not.toContain('wait-c');
  });

  it('shows one event once, with each webhook it was for, to its tenant alone', async () => {
    await put('shown', [{ id: 'one' }, { id: 'two' }]);
    const [id = ''] = await events('shown', 'one', 1);
    await test.admin.query(
      `insert into otp.outbox select tenant_id, id, 'two', type, verification_id, at, data, state, tries, due_at from otp.outbox where id = $1`,
      [id],
    );
    expect(await test.store.outbox.list('shown', { limit: 10 })).toMatchObject([
      { id, deliveries: [{ webhook: 'one' }, { webhook: 'two' }] },
    ]);
    expect(await test.store.outbox.list('shown', { limit: 10, types: ['verification.denied'] })).toEqual([]);
    expect(await test.store.outbox.list('shown', { limit: 10, before: id })).toEqual([]);
    expect(await test.store.outbox.list('somebody-else', { limit: 10 })).toEqual([]);
  });

  it('makes events due again: one, or those of a time, of this tenant and where somebody listens', async () => {
    await put('replay', [{ id: 'one' }, { id: 'off' }]);
    await put('replay-other', [{ id: 'one' }]);
    const [id = ''] = await events('replay', 'one', 3);
    await events('replay', 'off', 2);
    await events('replay-other', 'one', 2);
    const all = await claim('replay', 'one');
    await test.store.outbox.record(
      'replay',
      'one',
      all.map((event) => ({ id: event.id, state: 'delivered', delayMs: 0, status: 200, failure: null })),
    );
    await test.store.webhooks.disable('replay', 'off', 'gone');
    expect(await test.store.outbox.replay('replay', { id })).toEqual({
      events: 1,
      webhooks: ['one'],
      through: null,
    });
    expect(await claim('replay', 'one')).toMatchObject([{ id, tries: 1 }]);
    expect(await test.store.outbox.replay('replay-other', { id })).toMatchObject({ events: 0 });
    expect(await test.store.outbox.replay('replay', { since: 0 })).toMatchObject({
      events: 3,
      webhooks: ['one'],
    });
    expect(
      await test.store.outbox.replay('replay', { since: 0, types: ['verification.denied'] }),
    ).toMatchObject({
      events: 0,
    });
    expect(await test.store.outbox.replay('replay', { since: 0, until: 1 })).toMatchObject({ events: 0 });
  });

  it('forgets what is over, not what waits', async () => {
    await put('forget', [{ id: 'one' }]);
    const [done = ''] = await events('forget', 'one', 1, 20_000);
    await claim('forget', 'one');
    await test.store.outbox.record('forget', 'one', [
      { id: done, state: 'delivered', delayMs: 0, status: 200, failure: null },
    ]);
    const [waiting = ''] = await events('forget', 'one', 1, 20_000);
    await events('no-such-webhook', 'one', 1, 20_000);
    expect(await test.store.outbox.forget((await test.store.now()) - 10_000)).toBeGreaterThanOrEqual(2);
    expect((await test.store.outbox.list('forget', { limit: 10 })).map((event) => event.id)).toEqual([
      waiting,
    ]);
  });
});
