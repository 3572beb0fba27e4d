import { type EndUser, tenantConfig } from '@otp-relay/contracts';
import { type BucketRule, type BucketState, draw, type HitState } from '@otp-relay/core';
import type { RefusalCount, Store } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import { readRecipient } from '../recipient.ts';
import { windowsOf } from './allowance.ts';
import { networkOf } from './network-of.ts';
import { type LimitKind, type LimitTake, limitKey, takesOf } from './takes-of.ts';

/** Whose limits an operator looks at: a recipient's, an address', a device's; with none of them the tenant's own. */
export interface LimitsAsk {
  readonly tenantId: string;
  readonly mode: 'live' | 'test';
  /** Whose cool-down: it runs per purpose. */
  readonly purpose: string;
  /** A phone in E.164 or a mailbox. */
  readonly recipient?: string | undefined;
  readonly endUser?: EndUser | undefined;
}

/** One window of one bucket. */
export interface LimitLine {
  readonly kind: LimitKind;
  /** Masked. */
  readonly shown: string;
  /** `ten_minutes`, `day` … */
  readonly window: string;
  readonly used: number;
  readonly max: number;
  /** When one more may pass this bucket, ms from now; 0 for at once, null for never. */
  readonly freeAfterMs: number | null;
}

export type LimitsSeen =
  | { readonly kind: 'invalid'; readonly problem: string }
  | {
      readonly kind: 'seen';
      readonly lines: readonly LimitLine[];
      readonly refusals: readonly RefusalCount[];
    };

interface LimitsHouse {
  readonly store: {
    readonly tenants: Pick<Store['tenants'], 'get'>;
    readonly buckets: Pick<Store['buckets'], 'look' | 'reset'>;
    readonly refusals: Pick<Store['refusals'], 'list'>;
  };
  readonly pepper: Pepper;
  readonly clock: Pick<Clock, 'now'>;
}

const refusalsSinceMs = 86_400_000;
const mostRefusals = 20;

/** What the buckets hold, against the tenant's limits of now, and what was refused in the last 24 hours. */
export async function lookAtLimits(ask: LimitsAsk, house: LimitsHouse): Promise<LimitsSeen> {
  const takes = await takesFor(ask, house);
  if ('problem' in takes) return { kind: 'invalid', problem: takes.problem };
  const keys = takes.map((take) => take.key);
  const { store, clock } = house;
  const now = clock.now();
  const stored = await store.buckets.look(ask.tenantId, keys);
  const aboutOne = ask.recipient !== undefined || ask.endUser !== undefined;
  const refusals = await store.refusals.list(ask.tenantId, {
    since: now - refusalsSinceMs,
    limit: mostRefusals,
    ...(aboutOne && { subjects: keys }),
  });
  const lines = takes.flatMap((take) => {
    const state = stored.find((bucket) => bucket.key.equals(take.key))?.state;
    return linesOf(take, state, now);
  });
  return { kind: 'seen', lines, refusals };
}

/** Forgets what was counted; resolves to how many buckets there were. */
export async function resetLimits(
  ask: LimitsAsk,
  house: LimitsHouse,
): Promise<
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'reset'; readonly buckets: number }
> {
  const takes = await takesFor(ask, house);
  if ('problem' in takes) return { kind: 'invalid', problem: takes.problem };
  const keys = takes.map((take) => take.key);
  return { kind: 'reset', buckets: await house.store.buckets.reset(ask.tenantId, keys) };
}

type Looked = Omit<LimitTake, 'rule'> & { readonly rule: BucketRule };

async function takesFor(
  { tenantId, mode, purpose, recipient, endUser }: LimitsAsk,
  { store, pepper }: LimitsHouse,
): Promise<readonly Looked[] | { readonly problem: string }> {
  const tenant = await store.tenants.get(tenantId);
  if (!tenant) return { problem: `there is no tenant "${tenantId}"` };
  const { limits } = tenantConfig.parse(tenant.config);
  if (endUser?.ip !== undefined && !networkOf(endUser.ip)) return { problem: 'the IP address is none' };
  const to = recipient === undefined ? undefined : readRecipient(toOf(recipient));
  if (to && 'problem' in to) return { problem: `the recipient ${to.problem.problem}` };
  if (to || endUser) {
    const { phone, email, masked = '' } = to ?? {};
    return takesOf({ tenantId, mode, purpose, phone, email, endUser, masked }, limits, pepper);
  }
  const windows = windowsOf(limits.tenant);
  const key = limitKey({ tenantId, mode }, 'tenant', '', pepper);
  return windows.length === 0
    ? []
    : [{ kind: 'tenant', key, shown: tenantId, rule: { kind: 'amount', amount: 1, windows } }];
}

const toOf = (recipient: string): { phone: string } | { email: string } =>
  recipient.includes('@') ? { email: recipient } : { phone: recipient };

function linesOf({ kind, shown, rule }: Looked, state: BucketState | undefined, now: number): LimitLine[] {
  const next = draw(state, rule, now);
  const freeAfterMs = next.ok ? 0 : (next.retryAfterMs ?? null);
  return rule.windows.map((window) => ({
    kind,
    shown,
    window: window.name,
    used:
      'counts' in window && window.counts === 'who'
        ? whoIn(state, window.withinMs, now)
        : usedOf(state, window, now),
    max: window.max,
    freeAfterMs,
  }));
}

const isHits = (state: BucketState | undefined): state is HitState => Array.isArray(state);

const within = (state: BucketState | undefined, withinMs: number, now: number): HitState =>
  isHits(state) ? state.filter(([at]) => now - at < withinMs) : [];

const whoIn = (state: BucketState | undefined, withinMs: number, now: number): number =>
  new Set(within(state, withinMs, now).map(([, who]) => who)).size;

function usedOf(
  state: BucketState | undefined,
  { name, withinMs }: { readonly name: string; readonly withinMs: number },
  now: number,
): number {
  if (state === undefined || isHits(state)) return within(state, withinMs, now).length;
  const [beganAt, taken] = state[name] ?? [0, 0];
  return now < beganAt + withinMs ? taken : 0;
}
