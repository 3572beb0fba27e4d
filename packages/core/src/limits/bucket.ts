import { type AmountRule, type AmountState, drawAmount, returnAmount } from './amounts.ts';
import type { Drawn } from './drawn.ts';
import { drawHit, type HitRule, type HitState, returnHit } from './hits.ts';

/** What limits one taking from a bucket: single hits, remembered one by one, or amounts, summed by window. */
export type BucketRule = HitRule | AmountRule;

/** What a bucket holds; empty at first. Its shape follows the rule, which never changes its kind for one bucket. */
export type BucketState = HitState | AmountState;

/** Takes from a bucket at `now` (ms since 1970), all of what the rule asks for or nothing. */
export const draw = (state: BucketState | undefined, rule: BucketRule, now: number): Drawn<BucketState> =>
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
