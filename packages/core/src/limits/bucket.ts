import { type AmountRule, type AmountState, drawAmount, returnAmount } from './amounts.ts';
import { drawHit, type HitRule, type HitState, returnHit } from './hits.ts';

/** What limits one taking from a bucket: single hits, remembered one by one, or amounts, summed by window. */
export type BucketRule = HitRule | AmountRule;

/** What a bucket holds; empty at first. Its shape follows the rule, which never changes its kind for one bucket. */
export type BucketState = HitState | AmountState;

/** Whether a rule lets something be taken, and what the bucket holds then. */
export type Drawn =
  | {
      readonly ok: true;
      readonly state: BucketState;
      readonly granted: number;
      /** From when on the state means nothing any more, ms since 1970. */
      readonly spentAt: number;
    }
  | {
      readonly ok: false;
      /** The name of the window, or `cool_down`. */
      readonly limit: string;
      /** When the same taking is possible, ms from now; absent when it never is. */
      readonly retryAfterMs?: number;
    };

/** Takes from a bucket at `now` (ms since 1970), all of what the rule asks for or nothing. */
export const draw = (state: BucketState | undefined, rule: BucketRule, now: number): Drawn =>
  rule.kind === 'hits'
    ? drawHit(isHits(state) ? state : [], rule, now)
    : drawAmount(isHits(state) ? {} : (state ?? {}), rule, now);

/** Undoes what was taken at `at`; what a window has forgotten since stays forgotten. */
export const giveBack = (
  state: BucketState | undefined,
  rule: BucketRule,
  at: number,
  granted: number,
): BucketState =>
  rule.kind === 'hits'
    ? returnHit(isHits(state) ? state : [], rule, at)
    : returnAmount(isHits(state) ? {} : (state ?? {}), rule, at, granted);

const isHits = (state: BucketState | undefined): state is HitState => Array.isArray(state);
