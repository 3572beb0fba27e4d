import { describe, expect, it } from '@jest/globals';
import { merge, type Result } from './result.ts';

const result = (row: number, more: Partial<Result> = {}): Result => ({
  row,
  figure: 'lost',
  value: 0,
  target: '0',
  pass: true,
  form: 'full',
  seed: 1,
  seconds: 1,
  at: '2026-01-01T00:00:00.000Z',
  commit: 'abc',
  machine: 'one',
  ...more,
});

describe('merge', () => {
  it('keeps the rows that did not run and replaces every figure of those that did', () => {
    const kept = [result(1), result(2), result(2, { figure: 'other' })];
    const merged = merge(kept, [result(2, { value: 5 }), result(9)]);
    expect(merged.map((r) => [r.row, r.value])).toEqual([
      [1, 0],
      [2, 5],
      [9, 0],
    ]);
  });

  it('lets a short run replace a full one only when it failed', () => {
    const kept = [result(1), result(2)];
    const short = { form: 'short', value: 7 } as const;
    const merged = merge(kept, [result(1, short), result(2, { ...short, pass: false })]);
    expect(merged.map((r) => r.value)).toEqual([0, 7]);
  });
});
