import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AmountRule, HitRule } from '@otp-relay/core';
import { openStore, type Store } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

const hits = (max: number, more: Partial<HitRule> = {}): HitRule => ({
  kind: 'hits',
  windows: [{ name: 'hour', withinMs: 3_600_000, max }],
  ...more,
});
const amount = (value: number, max: number): AmountRule => ({
  kind: 'amount',
  amount: value,
  windows: [{ name: 'day', withinMs: 86_400_000, max }],
});
const key = (): Buffer => randomBytes(32);
const passed = (outcomes: readonly { ok: boolean }[]): number => outcomes.filter((it) => it.ok).length;

describe('buckets', () => {
  let test: TestStore;
  let other: Store;
  beforeAll(async () => {
    test = await testStore();
    other = openStore({ url: test.url, maxConnections: 8, applicationName: 'another process' });
  });
  afterAll(async () => {
    await other.close();
    await test.stop();
  });

  it('let exactly 100 of 5,000 pass, from two processes at once, in batches and alone', async () => {
    const take = { kind: 'budget', key: key(), rule: amount(1, 100) };
    const now = Date.now();
    const batches = Array.from({ length: 300 }, (_, i) => {
      const size = i < 100 ? 1 : 24 + (i % 3);
      return Array.from({ length: size }, () => ({ tenantId: 'acme', takes: [take] }));
    });
    const asked = batches.reduce((sum, batch) => sum + batch.length, 0);
    expect(asked).toBeGreaterThanOrEqual(5_000);
    const outcomes = await Promise.all(
      batches.map((batch, i) => (i % 2 ? other : test.store).buckets.reserve(batch, now)),
    );
    expect(passed(outcomes.flat())).toBe(100);
  });

  it('take all of what one asks for or nothing of it, whatever the order of the buckets', async () => {
    const [a, b] = [key(), key()];
    const both = (first: Buffer, second: Buffer) => ({
      tenantId: 'acme',
      takes: [
        { kind: 'x', key: first, rule: hits(10) },
        { kind: 'y', key: second, rule: hits(10) },
      ],
    });
    const only = { tenantId: 'acme', takes: [{ kind: 'x', key: a, rule: hits(10) }] };
    const now = Date.now();
    await test.store.buckets.reserve(
      Array.from({ length: 7 }, () => only),
      now,
    );
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? other : test.store).buckets.reserve([i % 2 ? both(a, b) : both(b, a)], now + i),
      ),
    );
    expect(passed(outcomes.flat())).toBe(3);
    const [first, second] = await Promise.all(
      [a, b].map(async (it) => (await test.store.buckets.look('acme', [it]))[0]?.state),
    );
    expect(first).toHaveLength(10);
    expect(second).toHaveLength(3);
  });

  it('hold nothing for a request that another bucket refuses, also when that one was full before', async () => {
    const [full, fresh] = [key(), key()];
    const rule = hits(1);
    const now = Date.now();
    await test.store.buckets.reserve([{ tenantId: 'acme', takes: [{ kind: 'x', key: full, rule }] }], now);
    const [refused] = await test.store.buckets.reserve(
      [
        {
          tenantId: 'acme',
          takes: [
            { kind: 'y', key: fresh, rule },
            { kind: 'x', key: full, rule },
          ],
        },
      ],
      now + 1,
    );
    expect(refused).toEqual({ ok: false, take: 1, limit: 'hour', retryAfterMs: 3_599_999 });
    const [again] = await test.store.buckets.reserve(
      [{ tenantId: 'acme', takes: [{ kind: 'y', key: fresh, rule }] }],
      now + 2,
    );
    expect(again?.ok).toBe(true);
  });

  it('are their tenant’s own', async () => {
    const take = { kind: 'x', key: key(), rule: hits(1) };
    const [one, two] = await test.store.buckets.reserve(
      [
        { tenantId: 'acme', takes: [take] },
        { tenantId: 'globex', takes: [take] },
      ],
      Date.now(),
    );
    expect([one?.ok, two?.ok]).toEqual([true, true]);
    expect(await test.store.buckets.look('initech', [take.key])).toEqual([]);
  });

  it('give back what was taken, once', async () => {
    const ask = { tenantId: 'acme', takes: [{ kind: 'x', key: key(), rule: hits(1) }] };
    const at = Date.now();
    expect(passed(await test.store.buckets.reserve([ask], at))).toBe(1);
    await test.store.buckets.release([{ ask, granted: [1], at }]);
    expect(passed(await test.store.buckets.reserve([ask], at + 1))).toBe(1);
    await test.store.buckets.release([{ ask, granted: [1], at }]);
    expect(passed(await test.store.buckets.reserve([ask], at + 2))).toBe(0);
  });

  it('are pruned when they are spent, and only then; emptied by hand at once', async () => {
    const [old, live] = [key(), key()];
    const ask = (it: Buffer) => ({ tenantId: 'acme', takes: [{ kind: 'x', key: it, rule: hits(1) }] });
    await test.store.buckets.reserve([ask(old)], Date.now() - 3_700_000);
    await test.store.buckets.reserve([ask(live)], Date.now());
    expect(await test.store.buckets.prune(1_000)).toBeGreaterThanOrEqual(1);
    expect(await test.store.buckets.look('acme', [old, live])).toHaveLength(1);
    expect(await test.store.buckets.reset('acme', [live, old])).toBe(1);
    expect(passed(await test.store.buckets.reserve([ask(live)], Date.now()))).toBe(1);
  });
});

describe('a verification that takes from a bucket', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  const rule = hits(1);
  const stored = async (live: Buffer): Promise<number> =>
    (await test.admin.query('select 1 from otp.verifications where live_key = $1', [live])).rowCount ?? 0;

  it('is written once of 200 at the same time; whoever asked for the same joins it', async () => {
    const live = key();
    const takes = [{ kind: 'recipient', key: key(), rule }];
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () =>
        test.store.ledger.insert([newVerification({ liveKey: live, takes })]),
      ),
    );
    const kinds = outcomes.flat().map((it) => it.kind);
    expect(kinds.filter((kind) => kind === 'inserted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'joined')).toHaveLength(199);
    expect(await stored(live)).toBe(1);
  });

  it('is written once of 200 different ones; the others are turned away and leave no row', async () => {
    const takes = [{ kind: 'recipient', key: key(), rule }];
    const rows = Array.from({ length: 200 }, () => newVerification({ takes }));
    const outcomes = (await Promise.all(rows.map((row) => test.store.ledger.insert([row])))).flat();
    expect(outcomes.filter((it) => it.kind === 'inserted')).toHaveLength(1);
    expect(outcomes.filter((it) => it.kind === 'limited')).toHaveLength(199);
    const { rowCount } = await test.admin.query('select 1 from otp.verifications where id = any($1)', [
      rows.map((row) => row.verification.id),
    ]);
    expect(rowCount).toBe(1);
  });

  it('costs nothing when it joins the one that is there', async () => {
    const live = key();
    const takes = [{ kind: 'recipient', key: key(), rule: hits(2) }];
    const row = () => newVerification({ liveKey: live, takes });
    const all = await test.store.ledger.insert([row(), row(), row()]);
    expect(all.map((it) => it.kind)).toEqual(['inserted', 'joined', 'joined']);
    expect((await test.store.ledger.insert([row()])).map((it) => it.kind)).toEqual(['joined']);
    expect((await test.store.ledger.insert([newVerification({ takes })])).map((it) => it.kind)).toEqual([
      'inserted',
    ]);
    expect(await test.store.ledger.insert([newVerification({ takes })])).toMatchObject([
      { kind: 'limited', take: 0, limit: 'hour' },
    ]);
  });

  it('does not hold up those beside it that take nothing', async () => {
    const takes = [{ kind: 'recipient', key: key(), rule }];
    const outcomes = await test.store.ledger.insert([
      newVerification({ takes }),
      newVerification(),
      newVerification({ takes }),
      newVerification(),
    ]);
    expect(outcomes.map((it) => it.kind)).toEqual(['inserted', 'inserted', 'limited', 'inserted']);
  });
});

describe('refusals', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  it('are counted by the hour, not kept one by one', async () => {
    const refusal = {
      tenantId: 'acme',
      code: 'OTP_LIMIT_IP',
      limit: 'hour',
      subject: key(),
      shown: '203.0.113.•••',
      count: 1,
    };
    await test.store.refusals.record([refusal, refusal, { ...refusal, limit: 'recipients' }]);
    await test.store.refusals.record([refusal]);
    const counts = await test.store.refusals.list('acme', { since: Date.now() - 60_000, limit: 10 });
    expect(counts.map((it) => [it.limit, it.count])).toEqual([
      ['hour', 3],
      ['recipients', 1],
    ]);
    expect(await test.store.refusals.list('globex', { since: 0, limit: 10 })).toEqual([]);
    expect(await test.store.refusals.list('acme', { since: 0, limit: 10, subjects: [key()] })).toEqual([]);
  });
});
