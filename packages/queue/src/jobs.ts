import type { Channel } from '@otp-relay/core';

/** What a send worker is told: ids only. Everything else, the code above all, is read from Postgres. */
export interface SendJob {
  readonly v: 1;
  readonly tenant: string;
  readonly verification: string;
  readonly attempt: string;
}

/** A deadline that rings once. It may ring early, late, twice or never; the sweeper rings lost ones. `dueAt` in ms. */
export interface Bell {
  readonly tenant: string;
  readonly verification: string;
  readonly attempt: string;
  readonly dueAt: number;
}

/**
 * One line of {@link Producer.enqueue}. A lower `priority` runs first (1…2,097,151); none at all jumps every priority.
 * `first` goes to `otp-send-first` instead of the channel's own queue.
 */
export interface SendRequest {
  readonly channel: Channel;
  readonly job: SendJob;
  readonly delayMs: number;
  readonly priority?: number;
  readonly first?: boolean;
}

/** Something is due at a tenant's webhook; what it is, Postgres knows. */
export interface EventBell {
  readonly tenant: string;
  readonly webhook: string;
}

const coalescedMs = 1_000;

/** One bell per webhook and second, however much happens: ids of tenants and webhooks hold no dot. */
export const eventBellIdOf = ({ tenant, webhook }: EventBell, now: number): string =>
  `${tenant}.${webhook}.${Math.floor(now / coalescedMs)}`;

/** Ids must be derivable from the effect alone: nobody stores them. BullMQ forbids `:` in an id. */
export const bellIdOf = (bell: Pick<Bell, 'attempt' | 'dueAt'>): string => `${bell.attempt}-${bell.dueAt}`;
