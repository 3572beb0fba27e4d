import { expect, it } from '@jest/globals';
import { trendOf } from './trend.ts';

it('tells growth from coming and going', () => {
  const sawtooth = Array.from({ length: 3_600 }, (_, n) => 300 + (n % 60));
  expect(Math.abs(trendOf(sawtooth, 1).percentPerHour)).toBeLessThan(0.5);
  const growing = sawtooth.map((mb, n) => mb + n / 100);
  expect(trendOf(growing, 1).percentPerHour).toBeCloseTo((36 * 100) / 347.5, 0);
  expect(trendOf(growing, 2).percentPerHour).toBeCloseTo((18 * 100) / 347.5, 0);
  const { tenths } = trendOf(growing, 1);
  expect(tenths).toHaveLength(10);
  expect(tenths[9]! - tenths[0]!).toBeCloseTo(32.4, 0);
});
