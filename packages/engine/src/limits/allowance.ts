import type { LimitsConfig } from '@otp-relay/contracts';
import type { AmountRule, AmountWindow } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import { limitKey } from './takes-of.ts';

/**
 * What a tenant may ask for altogether. Postgres knows how much is left; each process draws a little of it on account, so
 * that not every request needs a statement. Never more is spent than the limit says; at the end of a window each process
 * may hold a little that nobody spends. Nothing is granted while Postgres is away.
 */
export interface Allowance {
  /** Spends one, or says that nothing is left. */
  spend(of: Spender): Promise<Spent | Shortage>;
  /** Gives one back that was spent for nothing. */
  giveBack(spent: Spent): void;
  /** Gives back to the other processes what is on account here. */
  close(): Promise<void>;
}

export interface Spender {
  readonly tenantId: string;
  readonly mode: 'live' | 'test';
  readonly limits: LimitsConfig['tenant'];
}

export interface Spent {
  readonly kind: 'spent';
  /** Where it goes back to; absent when nothing is counted. */
  readonly account?: string;
  /** The end of the windows it was spent in, ms since 1970. */
  readonly until: number;
}

/** Nothing is left. */
export interface Shortage {
  readonly kind: 'short';
  /** The name of the window. */
  readonly limit: string;
  /** ms from now. */
  readonly retryAfterMs?: number;
}

/** On account is at most this share of what is left: 1/n. The less there is, the smaller it gets, down to nothing. */
const shareOf = 16;
/** Somebody who floods is answered from memory for this long before Postgres is asked again. */
const refusedForMs = 250;

interface Account {
  readonly name: string;
  readonly tenantId: string;
  readonly key: Buffer;
  left: number;
  /** When what is left was drawn, and until when it may be spent. */
  drawnAt: number;
  until: number;
  rule: AmountRule;
  refused?: { readonly until: number; readonly answer: Shortage } | undefined;
  waiting: { resolve: (outcome: Spent | Shortage) => void; reject: (fault: unknown) => void }[];
  drawing: boolean;
}

type AllowancePorts = {
  readonly store: { readonly buckets: Pick<Store['buckets'], 'reserve' | 'release'> };
  readonly pepper: Pick<Pepper, 'bucketKey'>;
  readonly clock: Pick<Clock, 'now'>;
};

export function createAllowance({ store, pepper, clock }: AllowancePorts): Allowance {
  const accounts = new Map<string, Account>();

  function accountOf(spender: Spender, windows: readonly AmountWindow[]): Account {
    const name = `${spender.mode} ${spender.tenantId}`;
    const rule: AmountRule = { kind: 'amount', amount: 1, windows, onAccount: { shareOf } };
    const known = accounts.get(name);
    if (known) {
      known.rule = rule;
      return known;
    }
    const key = limitKey(spender, 'tenant', '', pepper);
    const fresh = { left: 0, drawnAt: 0, until: 0, waiting: [], drawing: false };
    const account: Account = { name, tenantId: spender.tenantId, key, rule, ...fresh };
    accounts.set(name, account);
    return account;
  }

  /** One statement for all who wait, and one after the other. */
  async function draw(account: Account): Promise<void> {
    account.drawing = true;
    while (account.waiting.length > 0) {
      const waiting = account.waiting.splice(0);
      try {
        const left = await drawFor(account, waiting.length);
        for (const one of waiting.splice(0, left.granted)) one.resolve(spentOf(account));
        if (left.refused) for (const one of waiting.splice(0)) one.resolve(left.refused);
        else account.waiting.unshift(...waiting);
      } catch (fault) {
        for (const one of waiting) one.reject(fault);
      }
    }
    account.drawing = false;
  }

  async function drawFor(
    account: Account,
    wanted: number,
  ): Promise<{ readonly granted: number; readonly refused?: Shortage }> {
    const now = clock.now();
    const rule = { ...account.rule, amount: wanted };
    const take = { kind: 'tenant', key: account.key, rule };
    const [drawn] = await store.buckets.reserve([{ tenantId: account.tenantId, takes: [take] }], now);
    if (!drawn?.ok) {
      const { limit = '', retryAfterMs } = drawn ?? {};
      const answer: Shortage = { kind: 'short', limit, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      account.refused = { until: now + Math.min(refusedForMs, retryAfterMs ?? refusedForMs), answer };
      return { granted: 0, refused: answer };
    }
    const granted = drawn.granted[0] ?? 0;
    const until = Math.min(...rule.windows.map((window) => endOf(window, now)));
    account.left = Math.max(0, granted - wanted) + (until === account.until ? account.left : 0);
    account.drawnAt = now;
    account.until = until;
    return { granted: Math.min(granted, wanted) };
  }

  return {
    async spend(spender) {
      const windows = windowsOf(spender.limits);
      if (windows.length === 0) return { kind: 'spent', until: 0 };
      const account = accountOf(spender, windows);
      const now = clock.now();
      if (account.left > 0 && now < account.until) {
        account.left -= 1;
        return spentOf(account);
      }
      if (account.refused && now < account.refused.until) return account.refused.answer;
      return new Promise((resolve, reject) => {
        account.waiting.push({ resolve, reject });
        // All who ask in this turn of the event loop are asked for together.
        if (!account.drawing) {
          account.drawing = true;
          queueMicrotask(() => void draw(account));
        }
      });
    },
    giveBack(spent) {
      const account = spent.account === undefined ? undefined : accounts.get(spent.account);
      if (account?.until === spent.until) account.left += 1;
    },
    async close() {
      const rest = [...accounts.values()].filter((it) => it.left > 0 && clock.now() < it.until);
      accounts.clear();
      await store.buckets.release(
        rest.map(({ tenantId, key, rule, left, drawnAt }) => ({
          ask: { tenantId, takes: [{ kind: 'tenant', key, rule }] },
          granted: [left],
          at: drawnAt,
        })),
      );
    },
  };
}

const spentOf = ({ name, until }: Account): Spent => ({ kind: 'spent', account: name, until });

const endOf = ({ withinMs }: AmountWindow, now: number): number =>
  (Math.floor(now / withinMs) + 1) * withinMs;

/** What is counted of a tenant; nothing for one without limits. */
export const windowsOf = (limits: LimitsConfig['tenant']): readonly AmountWindow[] =>
  limits
    ? [
        ...windowOf('tenant_second', 1_000, limits.perSecond),
        ...windowOf('tenant_minute', 60_000, limits.perMinute),
        ...windowOf('tenant_day', 86_400_000, limits.perDay),
      ]
    : [];

const windowOf = (name: string, withinMs: number, max: number | null): readonly AmountWindow[] =>
  max === null ? [] : [{ name, withinMs, max }];
