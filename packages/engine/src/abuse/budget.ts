import { type Attempt, bucketsOf, priceOf, type Verification } from '@otp-relay/core';
import { isStoreFault, type Material, type Spend, type Store } from '@otp-relay/store';
import { createBatcher } from '../batcher.ts';
import type { Log } from '../log.ts';
import type { Tenants } from '../tenants.ts';
import { rulesOf } from './tenant-rules.ts';

/** An attempt that was granted and is not sent yet. */
interface Priced {
  readonly verification: Pick<Verification, 'tenantId'>;
  readonly material: Pick<Material, 'mode' | 'country' | 'callingCode'>;
  readonly attempt: Pick<Attempt, 'channel'>;
}

/** What an attempt may cost. `free`: nothing counts it. */
export type Reserved =
  | { readonly kind: 'free' }
  | { readonly kind: 'over_budget' }
  | { readonly kind: 'held'; readonly spend: Spend };

/** The day's caps of tenants, reserved before a provider is called. One per process. */
export interface Budget {
  /** Costs nothing for a tenant without caps; fails closed when Postgres is away. */
  reserve(granted: Priced): Promise<Reserved>;
  /** Gives back what a message that was surely not sent had reserved; what is lost of it stays spent. */
  release(reserved: Reserved): void;
  drain(): Promise<void>;
}

export function createBudget(ports: {
  readonly store: { readonly spend: Pick<Store['spend'], 'reserve' | 'release'> };
  readonly tenants: Pick<Tenants, 'get'>;
  readonly log: Log;
}): Budget {
  const { store, tenants, log } = ports;
  const isShared = (fault: unknown): boolean => isStoreFault(fault) && fault.retryable;
  const reservations = createBatcher<Spend, boolean>({
    max: 500,
    isShared,
    run: async (spends) => ({ results: await store.spend.reserve(spends) }),
  });
  const returns = createBatcher<Spend, undefined>({
    max: 500,
    isShared,
    async run(spends) {
      await store.spend.release(spends);
      return { results: spends.map(() => undefined) };
    },
  });
  return {
    async reserve(granted) {
      const spend = spendOf(granted, await tenants.get(granted.verification.tenantId));
      if (!spend) return { kind: 'free' };
      return (await reservations.add(spend)) ? { kind: 'held', spend } : { kind: 'over_budget' };
    },
    release(reserved) {
      if (reserved.kind !== 'held') return;
      returns
        .add(reserved.spend)
        .catch((fault) => log.warn({ err: fault }, 'a price could not be given back'));
    },
    async drain() {
      await Promise.all([reservations.drain(), returns.drain()]);
    },
  };
}

function spendOf(
  { verification, material, attempt }: Priced,
  tenant: Awaited<ReturnType<Tenants['get']>>,
): Spend | undefined {
  const plan = tenant && rulesOf(tenant.config).spend;
  if (!plan || material.mode === 'test') return undefined;
  const price = priceOf(plan.prices, attempt.channel, material.country);
  const buckets = bucketsOf(plan, attempt.channel, material);
  return price > 0 && buckets.length > 0 ? { tenantId: verification.tenantId, price, buckets } : undefined;
}
