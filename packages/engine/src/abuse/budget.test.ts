import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tenantConfig } from '@otp-relay/contracts';
import { openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import type { Tenant } from '../tenants.ts';
import { type Budget, createBudget } from './budget.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

describe('the budget of a day', () => {
  let database: TestDatabase;
  /** Two processes. */
  let stores: Store[] = [];
  beforeAll(async () => {
    database = await testDatabase();
    stores = [1, 2].map(() => openStore({ url: database.url, applicationName: 'budget.test' }));
    await stores[0]?.migrate();
  }, 90_000);
  afterAll(async () => {
    for (const store of stores) await store.close();
    await database?.stop();
  }, 20_000);

  const budgetsOf = (id: string, spend: object | undefined): Budget[] => {
    const config = tenantConfig.parse({
      name: 'Acme',
      brand: 'Acme',
      countries: 'all',
      accounts: { sms: { provider: 'twilio-sms' } },
      route: [{ channel: 'sms', account: 'sms' }],
      ...(spend && { spend }),
    });
    const tenants = { get: async () => ({ id, config }) as Tenant };
    return stores.map((store) => createBudget({ store, tenants, log }));
  };
  const message = (
    tenantId: string,
    country: string | null,
    callingCode: string,
    mode: 'live' | 'test' = 'live',
  ) => ({
    verification: { tenantId },
    material: { mode, country, callingCode },
    attempt: { channel: 'sms' as const },
  });

  it('of 5,000 messages at two processes exactly those are held that it has room for', async () => {
    const budgets = budgetsOf('acme', {
      currency: 'EUR',
      prices: { sms: { default: 0.1 } },
      dailyCaps: { total: 10 },
    });
    const outcomes = await Promise.all(
      Array.from({ length: 5_000 }, (_, index) => budgets[index % 2]?.reserve(message('acme', 'DE', '49'))),
    );
    expect(outcomes.filter((one) => one?.kind === 'held')).toHaveLength(100);
    expect(outcomes.filter((one) => one?.kind === 'over_budget')).toHaveLength(4_900);
  }, 30_000);

  it('a small country has its own cap: a limit for all of them would trip too late for it', async () => {
    const [budget] = budgetsOf('globex', {
      currency: 'EUR',
      prices: { sms: { default: 1 } },
      dailyCaps: { total: 1_000, countries: { default: 5, US: 500 } },
    });
    const reserve = async (country: string | null, callingCode: string): Promise<number> => {
      const asked = Array.from({ length: 20 }, () =>
        budget?.reserve(message('globex', country, callingCode)),
      );
      return (await Promise.all(asked)).filter((one) => one?.kind === 'held').length;
    };
    expect(await reserve('LV', '371')).toBe(5);
    expect(await reserve(null, '882')).toBe(5);
    expect(await reserve('US', '1')).toBe(20);
  });

  it('a message that was not sent gives back what it held; a test and a tenant without caps hold nothing', async () => {
    const [budget] = budgetsOf('initech', {
      currency: 'EUR',
      prices: { sms: { default: 1 } },
      dailyCaps: { channels: { sms: 1 } },
    });
    const one = message('initech', 'DE', '49');
    const held = await budget?.reserve(one);
    expect(held?.kind).toBe('held');
    expect((await budget?.reserve(one))?.kind).toBe('over_budget');
    if (held) budget?.release(held);
    await budget?.drain();
    expect((await budget?.reserve(one))?.kind).toBe('held');
    expect((await budget?.reserve(message('initech', 'DE', '49', 'test')))?.kind).toBe('free');
    const [free] = budgetsOf('free', undefined);
    expect((await free?.reserve(message('free', 'DE', '49')))?.kind).toBe('free');
  });
});
