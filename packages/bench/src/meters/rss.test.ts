import { describe, expect, it } from '@jest/globals';
import { openRss, thirdsOf } from './rss.ts';

describe('resident memory', () => {
  it('is told by thirds, so that growth shows and single peaks do not', () => {
    expect(thirdsOf([1, 1, 90, 2, 2, 2, 3, 3, 3])).toEqual([1, 2, 3]);
    expect(thirdsOf([5])).toEqual([5, 5, 5]);
  });

  it('is that of the process asked about', () => {
    const meter = openRss({ self: process.pid });
    const [first] = meter.stop().self ?? [0, 0, 0];
    const own = process.memoryUsage.rss() / 1_024 ** 2;
    expect(first).toBeGreaterThan(own * 0.7);
    expect(first).toBeLessThan(own * 1.3);
  });
});
