import type { Settings } from '../settings.ts';

/** Milliseconds from the acceptance, or the name of a delay that `PUT /_sim/settings` sets. */
export type Delay = number | 'sent' | 'delivered' | 'read' | 'late' | 'slow';

/** One thing that happens to a message after the call. */
export type ReceiptStep = {
  readonly status: string;
  readonly after: Delay;
  /** The provider's error code; only with `failed` or `undelivered`. */
  readonly error?: number;
  /** How often the same receipt is sent; 1 when absent. */
  readonly copies?: number;
  /** It happens, but nobody is told. */
  readonly silent?: boolean;
};

/** What the caller gets to see. */
export type Answer =
  | {
      readonly kind: 'accept';
      readonly after?: Delay;
      /** Wait until every receipt has been sent. */
      readonly afterReceipts?: boolean;
      /** Meta's `message_status`. */
      readonly messageStatus?: 'accepted' | 'held_for_quality_assessment' | 'paused';
    }
  | { readonly kind: 'refuse'; readonly error: number; readonly after?: Delay }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'garbage' };

/** How a provider treats one recipient. A message exists when it was accepted, or when a receipt follows. */
export type Behaviour = {
  readonly name: string;
  readonly says: string;
  readonly answer: Answer;
  readonly receipts: readonly ReceiptStep[];
  /** Only the first so many calls are treated this way; then one succeeds and the count starts again. */
  readonly firstCalls?: number;
};

export function delayMs(delay: Delay, settings: Settings): number {
  switch (delay) {
    case 'sent':
      return settings.sentAfterMs;
    case 'delivered':
      return settings.deliveredAfterMs;
    case 'read':
      return settings.readAfterMs;
    case 'late':
      return settings.lateAfterMs;
    case 'slow':
      return settings.slowAfterMs;
    default:
      return delay;
  }
}

export function createsMessage(behaviour: Behaviour): boolean {
  return behaviour.answer.kind === 'accept' || behaviour.receipts.length > 0;
}
