import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Look, Sighting } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

const slotMs = 15_000;
const start = Math.floor(Date.now() / slotMs) * slotMs;
const key = (name: string): Buffer => Buffer.from(name.padEnd(32, '.'));

describe('what the rules against abuse remember', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  const sighting = (name: string, over: Partial<Sighting> = {}): Sighting => ({
    tenantId: 'acme',
    key: key(name),
    slot: start,
    count: 1,
    lines: [],
    ...over,
  });
  const look = (name: string, over: Partial<Look> = {}): Look => ({
    tenantId: 'acme',
    key: key(name),
    since: start - 600_000,
    settledSlot: start - 60_000,
    ...over,
  });
  const seen = async (...looks: Look[]) => (await test.store.abuse.watch([], looks, [], start)).looked;

  it('counts by slot, tenant and over all tenants, and does not see what it notes', async () => {
    const { store } = test;
    const sightings = [
      sighting('a', { count: 2, lines: [7, 8] }),
      sighting('a', { slot: start - 75_000, lines: [9] }),
      sighting('a', { tenantId: 'globex', lines: [10] }),
      sighting('a', { slot: start - 900_000, lines: [11] }),
    ];
    const first = await store.abuse.watch(sightings, [look('a')], [], start);
    expect(first.looked[0]).toMatchObject({ own: { sends: 0 }, lines: [] });
    await store.abuse.noteUsed([
      { tenantId: 'acme', key: key('a'), slot: start - 75_000, line: 9 },
      { tenantId: 'globex', key: key('a'), slot: start, line: 10 },
    ]);
    const [own, other, nothing] = await seen(look('a'), look('a', { tenantId: 'globex' }), look('b'));
    expect(own).toEqual({
      own: { sends: 3, converted: 1, settledSends: 1, settledConverted: 1 },
      all: { sends: 4, converted: 2, settledSends: 1, settledConverted: 1 },
      tenants: 2,
      lines: expect.arrayContaining([7, 8, 9]),
      usedLines: [9],
    });
    expect(other).toMatchObject({ own: { sends: 1, converted: 1 }, usedLines: [10] });
    expect(nothing).toMatchObject({ own: { sends: 0 }, tenants: 0 });
  });

  it('keeps no more numbers of a slot than tell anything', async () => {
    for (let round = 0; round < 3; round += 1)
      await test.store.abuse.watch(
        [sighting('flood', { count: 100, lines: Array.from({ length: 100 }, (_, line) => line) })],
        [],
        [],
        start,
      );
    const [flood] = await seen(look('flood'));
    expect(flood?.own.sends).toBe(300);
    expect(flood?.lines.length).toBeLessThanOrEqual(128);
  });

  it('says what stands, prolongs and never shortens, and lifts', async () => {
    const { abuse } = test.store;
    const block = (until: number) => ({
      tenantId: 'acme',
      key: key('p'),
      rule: 'prefix',
      name: '+4917012',
      until,
      detail: { sends: 11 },
    });
    const held = [{ tenantId: 'acme', key: key('p') }];
    const now = Date.now();
    await abuse.block([block(now + 60_000), block(now + 90_000)], now);
    await abuse.block([block(now + 30_000)], now + 1);
    const { standing } = await abuse.watch([], [], held, now + 80_000);
    expect(standing).toEqual([{ tenantId: 'acme', key: key('p'), rule: 'prefix' }]);
    expect(await abuse.blocks('acme')).toMatchObject([{ name: '+4917012', since: now, until: now + 90_000 }]);
    expect(await abuse.blocks('globex')).toEqual([]);
    expect(await abuse.lift('globex', '+4917012')).toBe(0);
    expect(await abuse.lift('acme', '+4917012')).toBe(1);
    expect((await abuse.watch([], [], held, now)).standing).toEqual([]);
  });

  it('keeps decisions with their reasons, for their tenant only', async () => {
    const { abuse } = test.store;
    const decision = {
      tenantId: 'acme',
      at: start,
      outcome: 'refused' as const,
      purpose: 'auth' as const,
      recipientMasked: '+49 ••• 00',
      country: 'DE',
      prefix: '+4917012',
      channels: ['sms', 'email'] as const,
      source: 'http' as const,
      reasons: [{ rule: 'prefix', mode: 'block', detail: { sends: 11 } }],
      verificationId: null,
    };
    await abuse.record([decision, { ...decision, outcome: 'monitored', channels: [] }]);
    expect(await abuse.decisions('acme', { since: start, limit: 10 })).toEqual([
      { ...decision, outcome: 'monitored', channels: [] },
      decision,
    ]);
    expect(await abuse.decisions('acme', { since: start, outcome: 'refused', limit: 10 })).toEqual([
      decision,
    ]);
    expect(await abuse.decisions('globex', { since: start, limit: 10 })).toEqual([]);
  });

  it('says which verification a decision was about, once there is one', async () => {
    const { abuse, ledger } = test.store;
    const row = newVerification({ tenantId: 'hooli' });
    const { id } = row.verification;
    await abuse.record([
      {
        tenantId: 'hooli',
        at: start,
        outcome: 'monitored',
        purpose: 'auth',
        recipientMasked: '+49 ••• 00',
        country: 'DE',
        prefix: '+4917012',
        channels: ['sms'],
        source: 'http',
        reasons: [{ rule: 'prefix', mode: 'monitor', detail: {} }],
        verificationId: id,
      },
    ]);
    const about = async () =>
      (await abuse.decisions('hooli', { since: start, limit: 10 })).map((one) => one.verificationId);
    expect(await about()).toEqual([null]);
    await ledger.insert([row]);
    expect(await about()).toEqual([id]);
  });

  it('counts the verifications of a person that nobody approved', async () => {
    const { abuse, ledger, feedback } = test.store;
    const now = Date.now();
    const mine = { recipientKey: Buffer.alloc(32, 9), tenantId: 'umbrella' };
    const make = async (over: object = {}) => {
      const row = newVerification({ ...mine, ...over });
      await ledger.insert([row]);
      return row;
    };
    const unapproved = async (liveKey: Buffer | null, tenantId = 'umbrella') => {
      const look = { tenantId, recipientKey: mine.recipientKey, since: now - 3_600_000, liveKey };
      return (await abuse.watch([], [], [], now, [look, { ...look, recipientKey: Buffer.alloc(32) }]))
        .unapproved;
    };
    const first = await make();
    const second = await make({ now: now - 1_800_000 });
    await make({ now: now - 3_700_000 });
    const approved = await make();
    await make({ recipientKey: Buffer.alloc(32, 8) });
    const elsewhere = await make();
    expect(await unapproved(null)).toEqual([4, 0]);
    await test.admin.query(
      `update otp.verifications set status = 'approved', delivery = 'delivered', deadline_at = null, bell_at = null,
        sealed_code = null where id = $1`,
      [approved.verification.id],
    );
    await feedback.put('umbrella', elsewhere.verification.id, true);
    expect(await unapproved(null)).toEqual([2, 0]);
    expect(await unapproved(first.liveKey)).toEqual([1, 0]);
    await test.admin.query(
      `update otp.verifications set status = 'canceled', delivery = 'stopped', deadline_at = null, bell_at = null,
        sealed_code = null where id = $1`,
      [second.verification.id],
    );
    expect(await unapproved(second.liveKey)).toEqual([2, 0]);
    expect(await unapproved(null, 'acme')).toEqual([0, 0]);
  });

  it('knows who has used a code of the tenant before', async () => {
    const row = newVerification();
    await test.store.ledger.insert([row]);
    expect(await test.store.abuse.isKnown('acme', row.recipientKey)).toBe(false);
    await test.store.ledger.change([row.verification.id], ({ verification }) => ({
      verification: {
        ...verification,
        status: 'approved',
        delivery: 'delivered',
        deadlineAt: null,
        bellAt: null,
      },
      entries: [],
    }));
    expect(await test.store.abuse.isKnown('acme', row.recipientKey)).toBe(true);
    expect(await test.store.abuse.isKnown('globex', row.recipientKey)).toBe(false);
  });

  it('forgets what no rule looks at any more', async () => {
    const old = Date.now() - 30 * 86_400_000;
    await test.store.abuse.watch(
      [sighting('old', { slot: old }), sighting('d:DE', { slot: old })],
      [],
      [],
      start,
    );
    expect(await test.store.abuse.prune(1_000)).toBeGreaterThanOrEqual(1);
    expect((await seen(look('old', { since: 0 })))[0]?.own.sends).toBe(0);
  });
});

describe('a cap on spending', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  const spend = (price: number, ...buckets: [string, number][]) => ({
    tenantId: 'acme',
    price,
    buckets: buckets.map(([name, cap]) => ({ name, cap })),
  });

  it('is never exceeded by one, however many ask at once', async () => {
    const batches = Array.from({ length: 50 }, () =>
      test.store.spend.reserve(Array.from({ length: 100 }, () => spend(1, ['total', 100]))),
    );
    const outcomes = (await Promise.all(batches)).flat();
    expect(outcomes.filter(Boolean)).toHaveLength(100);
    expect(await test.store.spend.list('acme', Date.now())).toMatchObject([
      { bucket: 'total', spent: 100, messages: 100, withheld: 4_900 },
    ]);
  });

  it('takes from all buckets or from none', async () => {
    const outcomes = await test.store.spend.reserve([
      spend(60, ['channel:sms', 100], ['country:DE', 100]),
      spend(60, ['channel:sms', 100], ['country:AT', 100]),
      spend(40, ['channel:sms', 100], ['country:AT', 100]),
    ]);
    expect(outcomes).toEqual([true, false, true]);
    const lines = await test.store.spend.list('acme', Date.now());
    expect(lines.find((line) => line.bucket === 'country:AT')).toMatchObject({ spent: 40, withheld: 0 });
  });

  it('gives back, never more than was taken', async () => {
    const one = spend(30, ['country:FR', 50]);
    await test.store.spend.reserve([one]);
    await test.store.spend.release([one, one]);
    expect(await test.store.spend.reserve([one])).toEqual([true]);
    expect(await test.store.spend.reserve([one])).toEqual([false]);
    expect(await test.store.spend.reserve([spend(5)])).toEqual([true]);
  });
});
