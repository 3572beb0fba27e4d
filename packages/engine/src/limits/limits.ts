import type { BucketAsk, Reserved, Store } from '@otp-relay/store';
import { isStoreFault } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Allowance, createAllowance } from './allowance.ts';
import { createRefusals, type Refusals } from './refusals.ts';

/** What limits need of a process: what is on account, what was refused, and taking from buckets in batches. */
export interface Limits {
  readonly allowance: Allowance;
  readonly refusals: Refusals;
  /** Takes from buckets for one thing, all or nothing; whoever asks at the same time shares a transaction. */
  reserve(ask: BucketAsk): Promise<Reserved & { readonly at: number }>;
  drain(): Promise<void>;
}

export interface LimitsPorts {
  readonly store: Pick<Store, 'buckets' | 'refusals'>;
  readonly pepper: Pepper;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function createLimits({ store, pepper, clock, log }: LimitsPorts): Limits {
  const allowance = createAllowance({ store, pepper, clock });
  const refusals = createRefusals(store.refusals, log);
  const batcher = createBatcher<BucketAsk, Reserved & { readonly at: number }>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    async run(asks) {
      const at = clock.now();
      const reserved = await store.buckets.reserve(asks, at);
      return { results: reserved.map((one) => ({ ...one, at })) };
    },
  });
  return {
    allowance,
    refusals,
    reserve: async (ask) =>
      ask.takes.length === 0 ? { ok: true, granted: [], at: clock.now() } : batcher.add(ask),
    async drain() {
      await batcher.drain();
      await refusals.drain();
      await allowance.close().catch((fault: unknown) => {
        log.warn({ err: fault }, 'what tenants had on account here is lost for this window');
      });
    },
  };
}
