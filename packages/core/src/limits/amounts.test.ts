import { describe, expect, it } from '@jest/globals';
import type { AmountRule } from './amounts.ts';
import { type BucketState, draw, giveBack } from './bucket.ts';

const day = 86_400_000;
const rule = (amount: number, more: Partial<AmountRule> = {}): AmountRule => ({
  kind: 'amount',
  amount,
  windows: [
    { name: 'minute', withinMs: 60_000, max: 10 },
    { name: 'day', withinMs: day, max: 100 },
  ],
  ...more,
});

function taken(state: BucketState | undefined, it: AmountRule, now: number): BucketState {
  const drawn = draw(state, it, now);
  if (!drawn.ok) throw new Error(`refused by ${drawn.limit}`);
  return drawn.state;
}

describe('limits of amounts', () => {
  it('let a window be filled to the brim and no further', () => {
    const nine = taken(undefined, rule(9), 5);
    expect(draw(nine, rule(2), 6)).toEqual({ ok: false, limit: 'minute', retryAfterMs: 59_994 });
    expect(draw(taken(nine, rule(1), 6), rule(1), 7).ok).toBe(false);
    expect(draw(nine, rule(10), 60_000).ok).toBe(true);
  });

  it('name the longest window that is full', () => {
    let state: BucketState | undefined;
    for (let minute = 0; minute < 10; minute += 1) state = taken(state, rule(10), minute * 60_000);
    expect(draw(state, rule(1), 9 * 60_000)).toEqual({
      ok: false,
      limit: 'day',
      retryAfterMs: day - 540_000,
    });
    expect(draw(state, rule(1), day).ok).toBe(true);
  });

  it('say nothing of later when it is more than a window ever holds', () => {
    expect(draw(undefined, rule(11), 0)).toEqual({ ok: false, limit: 'minute' });
  });

  it('give back into the window it was taken from, and only there', () => {
    const state = taken(undefined, rule(10), 5);
    expect(draw(giveBack(state, rule(10), 5, 4), rule(4), 6).ok).toBe(true);
    expect(draw(giveBack(state, rule(10), 5, 4), rule(5), 6).ok).toBe(false);
    const later = taken(state, rule(10), 60_000);
    expect(draw(giveBack(later, rule(10), 5, 10), rule(1), 60_001)).toMatchObject({ limit: 'minute' });
  });

  it('grant on account more than is asked while there is much, less when there is little, never nothing', () => {
    const onAccount = { onAccount: { shareOf: 4 } };
    expect(draw(undefined, rule(2, onAccount), 0)).toMatchObject({ ok: true, granted: 4 });
    expect(draw(taken(undefined, rule(8), 0), rule(5, onAccount), 0)).toMatchObject({ ok: true, granted: 2 });
    expect(draw(taken(undefined, rule(10), 0), rule(5, onAccount), 0)).toMatchObject({
      ok: false,
      limit: 'minute',
    });
  });

  it('count for a window that another clock, a little ahead, has begun', () => {
    const state = taken(undefined, rule(10), 60_000);
    expect(draw(state, rule(1), 59_990)).toMatchObject({ ok: false, limit: 'minute' });
  });
});
