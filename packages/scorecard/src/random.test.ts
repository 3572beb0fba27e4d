import { describe, expect, it } from '@jest/globals';
import { seeded } from './random.ts';

describe('seeded', () => {
  it('gives the same run for the same seed, and another for another', () => {
    const run = (seed: number) => Array.from({ length: 5 }, seeded(seed));
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('stays inside its bounds and reaches both ends', () => {
    const random = seeded(1);
    const seen = new Set(Array.from({ length: 500 }, () => random.int(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
