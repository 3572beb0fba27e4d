import type { Producer } from '@otp-relay/queue';
import type { Store } from '@otp-relay/store';
import type { KeyRing, Pepper } from '@otp-relay/vault';
import type { Budget } from './abuse/budget.ts';
import type { Abuse } from './abuse/create-abuse.ts';
import type { Bells } from './bells.ts';
import type { Declined } from './checking/declined.ts';
import type { Clock } from './clock.ts';
import type { Limits } from './limits/limits.ts';
import type { Log } from './log.ts';
import type { Announcer } from './outgoing/announcer.ts';
import type { GuardedFetch } from './outgoing/guarded-fetch.ts';
import type { Tenants } from './tenants.ts';
import type { Traffic } from './traffic.ts';

/** Counters the engine keeps; an app turns them into metrics. Label values are from closed sets. */
export interface Tally {
  accepted(
    outcome: 'created' | 'duplicate' | 'joined' | 'refused' | 'overloaded',
    source: 'http' | 'queue',
  ): void;
  attempt(channel: string, provider: string, state: string): void;
  failure(provider: string, kind: string): void;
  receipt(provider: string, status: string): void;
  webhookRefused(provider: string, status: number): void;
  batch(size: number, ms: number): void;
  effectLost(type: string): void;
  limited(limit: 'recipient' | 'ip' | 'device' | 'tenant'): void;
  /** Only requests that a rule against abuse had something to say about. */
  abuse(outcome: 'allowed' | 'monitored' | 'degraded' | 'refused'): void;
  dispatch(channel: string, ms: number): void;
  /** `refused`: not even compared. */
  check(outcome: 'approved' | 'wrong' | 'refused'): void;
}

/** The part of the store that carries verifications. */
export type LedgerStore = Pick<
  Store,
  | 'now'
  | 'ledger'
  | 'receipts'
  | 'unknownCodes'
  | 'checks'
  | 'declined'
  | 'feedback'
  | 'abuse'
  | 'spend'
  | 'buckets'
  | 'refusals'
>;

/** What every part of the engine stands on. */
export interface Ports {
  readonly store: LedgerStore;
  readonly producer: Pick<Producer, 'enqueue' | 'arm' | 'disarm'>;
  /** How long the lines are; absent: nobody waits. */
  readonly traffic?: Pick<Traffic, 'waitMs'> | undefined;
  readonly bells: Bells;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
  readonly tenants: Tenants;
  /** Channels that recipients said they do not have. */
  readonly declined: Declined;
  /** Tells tenants' webhooks; absent: nobody is told. */
  readonly announcer?: Announcer | undefined;
  readonly abuse: Abuse;
  readonly budget: Budget;
  /** Calls tenants' URLs. */
  readonly outgoing: GuardedFetch;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: Tally;
  /** Where providers reach our webhooks, without a trailing slash. */
  readonly publicUrl: string;
}
