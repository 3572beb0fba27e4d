import type { Channel } from './channel.ts';
import type { CheckRefusal } from './checks/reserve-try.ts';
import type { Failure } from './failure.ts';

/** Who gave a command. */
export type Actor = 'service' | 'operator' | 'user';

/** Everything that can happen to a verification. */
export type VerificationEvent =
  /** A worker asks to send this attempt; granted exactly once, with `claim` as the fencing token. */
  | { readonly type: 'started'; readonly attemptId: string; readonly claim: string }
  | {
      readonly type: 'accepted';
      readonly attemptId: string;
      readonly claim: string;
      readonly providerRef: string | null;
    }
  | {
      readonly type: 'refused';
      readonly attemptId: string;
      readonly claim: string;
      readonly failure: Failure;
    }
  | {
      readonly type: 'uncertain';
      readonly attemptId: string;
      readonly claim: string;
      readonly failure: Failure;
    }
  /** The attempt was granted, but the day's budget has no room for it: the provider was not called. */
  | {
      readonly type: 'withheld';
      readonly attemptId: string;
      readonly claim: string;
      readonly reason: 'over_budget';
    }
  /** A provider's delivery report; `at` is the provider's instant, for the record only. */
  | {
      readonly type: 'receipt';
      readonly attemptId: string;
      readonly status: 'sent' | 'delivered' | 'read' | 'failed';
      readonly failure?: Failure;
      readonly providerRef?: string;
      readonly at?: number;
    }
  | { readonly type: 'deadline_reached' }
  | { readonly type: 'approved' }
  /** A guess was compared and is wrong: the code, or only the transaction it was said to confirm. */
  | { readonly type: 'check_failed'; readonly reason?: 'code' | 'context' }
  /** A guess was not even compared; the timeline remembers why, callers are not told. */
  | { readonly type: 'check_refused'; readonly reason: CheckRefusal }
  /** What the tenant says became of it elsewhere: the person did what the code was for, or never did. */
  | { readonly type: 'feedback'; readonly converted: boolean }
  | { readonly type: 'canceled'; readonly by: Actor }
  /** Leave the current channel now. With `attemptId`: only if that attempt is still the current one. */
  | { readonly type: 'next'; readonly by: Actor; readonly attemptId?: string }
  | { readonly type: 'resend'; readonly by: Actor };

/** What must be done after the commit. Every effect may be lost: the deadline finds what it left undone. */
export type Effect =
  | {
      readonly type: 'enqueue';
      readonly attemptId: string;
      readonly channel: Channel;
      readonly delayMs: number;
    }
  | { readonly type: 'arm'; readonly attemptId: string; readonly at: number }
  | { readonly type: 'disarm'; readonly attemptId: string; readonly at: number }
  | { readonly type: 'publish'; readonly event: PublishedEvent; readonly attemptId?: string }
  | { readonly type: 'alert'; readonly attemptId: string; readonly failure: Failure };

/** What tenants and operators are told. */
export type PublishedEvent =
  | 'accepted'
  | 'attempt_failed'
  | 'delivered'
  | 'unconfirmed'
  | 'exhausted'
  | 'stopped'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'canceled';

/** One line of a verification's timeline, written in the same commit as the change. Holds no address and no code. */
export interface TimelineEntry {
  readonly type: TimelineType;
  readonly attemptId: string | null;
  readonly at: number;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export const timelineTypes = [
  'accepted',
  'joined',
  'attempt_queued',
  'attempt_requeued',
  'attempt_sending',
  'attempt_accepted',
  'attempt_sent',
  'attempt_delivered',
  'attempt_read',
  'attempt_rejected',
  'attempt_undelivered',
  'attempt_timed_out',
  'attempt_uncertain',
  'attempt_skipped',
  'attempt_suppressed',
  'retry',
  'failover',
  'fallback',
  'delivered',
  'unconfirmed',
  'exhausted',
  'stopped',
  'check_failed',
  'check_refused',
  'feedback',
  'next',
  'resend',
  'approved',
  'denied',
  'expired',
  'canceled',
] as const;
export type TimelineType = (typeof timelineTypes)[number];
