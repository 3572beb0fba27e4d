import { describe, expect, it } from '@jest/globals';
import { fairness } from './chi-square.ts';

const flat = (classes: number, count: number): number[] => Array<number>(classes).fill(count);

describe('fairness', () => {
  it.each([
    [16.919, 10, 0.05],
    [27.877, 10, 0.001],
    [124.342, 100, 0.0437],
  ])('of χ² %p over %p classes is %p', (chi2, classes, p) => {
    // Two classes off by the same amount make any χ² one likes.
    const off = Math.sqrt((chi2 * 1_000) / 2);
    const counts = [1_000 + off, 1_000 - off, ...flat(classes - 2, 1_000)];
    expect(fairness(counts)).toBeCloseTo(p, 3);
  });

  it('finds the bias of a remainder: 2³² values over a million codes are too fair to see, one byte over ten is not', () => {
    const byte = Array.from({ length: 10 }, (_, digit) => (digit < 6 ? 26 : 25) * 4_000);
    expect(fairness(byte)).toBeLessThan(0.001);
  });
});
