import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore, type Store, StoreFault } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { createPepper } from '@otp-relay/vault';
import { type Allowance, createAllowance, type Spender } from './allowance.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));
/** A moment in the middle of a day, a minute and a second. */
const noon = Date.UTC(2030, 0, 1, 12, 0, 30, 500);
let now = noon;
const clock = { now: () => now };

describe('the allowance of a tenant', () => {
  let database: TestDatabase;
  let stores: readonly [Store, Store];
  let statements = 0;
  beforeAll(async () => {
    database = await testDatabase({ template: async (url) => void (await migrate(url)) });
    stores = [openStore({ url: database.url }), openStore({ url: database.url })];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.stop();
  });

  /** As in one process. */
  const process = (store: Store): Allowance =>
    createAllowance({
      store: {
        buckets: {
          reserve: (asks, at) => {
            statements += 1;
            return store.buckets.reserve(asks, at);
          },
          release: store.buckets.release,
        },
      },
      pepper,
      clock,
    });
  const tenant = (tenantId: string, perDay: number, more: object = {}): Spender => ({
    tenantId,
    mode: 'live',
    limits: { perSecond: null, perMinute: null, perDay, ...more },
  });
  const spend = (process: Allowance, spender: Spender, times: number) =>
    Promise.all(Array.from({ length: times }, () => process.spend(spender)));
  const spent = (outcomes: readonly { kind: string }[]): number =>
    outcomes.filter((it) => it.kind === 'spent').length;

  it('is spent to the last one by two processes at once, and never exceeded', async () => {
    const [one, two] = [process(stores[0]), process(stores[1])];
    const spender = tenant('both', 1_000);
    const outcomes = await Promise.all([spend(one, spender, 2_500), spend(two, spender, 2_500)]);
    expect(spent(outcomes.flat())).toBe(1_000);
    const refused = outcomes.flat().find((it) => it.kind === 'short');
    expect(refused).toMatchObject({ limit: 'tenant_day', retryAfterMs: 43_200_000 - 30_500 });
  });

  it('costs a statement now and then while there is plenty', async () => {
    const one = process(stores[0]);
    const spender = tenant('plenty', 1_000_000);
    statements = 0;
    for (let i = 0; i < 2_000; i += 1) await one.spend(spender);
    expect(statements).toBe(1);
  });

  it('goes back to the others when a process stops', async () => {
    const [one, two] = [process(stores[0]), process(stores[1])];
    const spender = tenant('stopping', 160);
    expect(spent(await spend(one, spender, 1))).toBe(1);
    await one.close();
    expect(spent(await spend(two, spender, 200))).toBe(159);
  });

  it('is as it was when something spent is given back, in its own window only', async () => {
    const one = process(stores[0]);
    const spender = tenant('back', 10, { perSecond: 2 });
    const [first] = await spend(one, spender, 2);
    if (first?.kind === 'spent') one.giveBack(first);
    expect(spent(await spend(one, spender, 2))).toBe(1);
    now += 1_000;
    if (first?.kind === 'spent') one.giveBack(first);
    expect(spent(await spend(one, spender, 5))).toBe(2);
    now = noon;
  });

  it('is not counted for a tenant without limits', async () => {
    const one = process(stores[0]);
    statements = 0;
    expect(spent(await spend(one, { ...tenant('none', 1), limits: null }, 100))).toBe(100);
    expect(statements).toBe(0);
  });

  it('grants nothing while Postgres is away', async () => {
    const away = async (): Promise<never> => {
      throw new StoreFault('OTP_STORE_AWAY', 'cut off');
    };
    const one = createAllowance({ store: { buckets: { reserve: away, release: away } }, pepper, clock });
    await expect(one.spend(tenant('cut', 100))).rejects.toMatchObject({ code: 'OTP_STORE_AWAY' });
  });
});
