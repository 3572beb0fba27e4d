import { describe, expect, it } from '@jest/globals';
import { createPace } from './pace.ts';

describe('createPace', () => {
  /** What is known after looks at a head, one every quarter of a second. */
  const after = (...heads: (number | undefined)[]) => {
    const pace = createPace();
    heads.forEach((head, look) => {
      pace.observe(head, 1_000 + look * 250);
    });
    return pace.perMs();
  };

  it('tells how many turns a line moves in a millisecond', () => {
    expect(after(1, 26)).toBeCloseTo(0.1);
    expect(after(1, 26, 51, 76)).toBeCloseTo(0.1);
  });

  it('follows a line that moves faster, and is not thrown off by one look', () => {
    const steady = Array.from({ length: 20 }, (_, look) => look * 25);
    const last = steady.at(-1) ?? 0;
    expect(after(...steady, last + 125)).toBeLessThan(0.2);
    expect(after(...steady, ...steady.map((_, look) => last + (look + 1) * 125))).toBeCloseTo(0.5, 1);
  });

  it('knows nothing of a line seen once, of one that begins again, or of one that stands still', () => {
    expect(after()).toBe(0);
    expect(after(700)).toBe(0);
    expect(after(700, 725, undefined, 1)).toBe(0);
    expect(after(700, 725, 1)).toBe(0);
    expect(after(700, 725, ...Array.from({ length: 40 }, () => 725))).toBe(0);
  });
});
