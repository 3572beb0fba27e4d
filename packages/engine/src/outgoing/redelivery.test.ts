import { describe, expect, it } from '@jest/globals';
import { redeliveryDelayMs, restAfterFailures, restMs } from './redelivery.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('when an event is sent again', () => {
  const least = { random: () => 0 };

  it('follows Standard Webhooks: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, and then no more', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((tries) => redeliveryDelayMs(tries, least))).toEqual([
      5 * second,
      5 * minute,
      30 * minute,
      2 * hour,
      5 * hour,
      10 * hour,
      undefined,
    ]);
  });

  it('is a little later by chance, never sooner', () => {
    expect(redeliveryDelayMs(1, { random: () => 0.999 })).toBeGreaterThan(5_900);
    expect(redeliveryDelayMs(1, { random: () => 0.999 })).toBeLessThanOrEqual(6_000);
  });

  it('heeds what the receiver asked for, within an hour', () => {
    expect(redeliveryDelayMs(1, { ...least, askedMs: 90_000 })).toBe(90_000);
    expect(redeliveryDelayMs(1, { ...least, askedMs: 100 })).toBe(5_000);
    expect(redeliveryDelayMs(1, { ...least, askedMs: 9 * hour })).toBe(hour);
  });
});

describe('how long a failing webhook is left alone', () => {
  it('doubles from the third failure on, up to five minutes', () => {
    expect([1, 2].map(restMs)).toEqual([0, 0]);
    expect([0, 1, 2, 3, 9, 5_000].map((more) => restMs(restAfterFailures + more))).toEqual([
      5_000, 10_000, 20_000, 40_000, 300_000, 300_000,
    ]);
  });
});
