import { describe, expect, it } from '@jest/globals';
import { createId, idSource } from './create-id.ts';

const shape = /^vrf_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeOf = (id: string): number =>
  [...id.slice(4, 14)].reduce((ms, c) => ms * 32 + alphabet.indexOf(c), 0);

describe('createId', () => {
  it('looks like vrf_ and 26 characters of Crockford base32, with the time in front', () => {
    const before = Date.now();
    const id = createId('vrf');
    expect(id).toMatch(shape);
    expect(timeOf(id)).toBeGreaterThanOrEqual(before);
    expect(timeOf(id)).toBeLessThanOrEqual(Date.now());
  });

  it('writes every instant exactly', () => {
    for (const ms of [0, 1, 1023, 1024, 2 ** 30 - 1, 2 ** 30, 1_763_774_400_123, 2 ** 48 - 1]) {
      expect(timeOf(idSource(() => ms)('vrf'))).toBe(ms);
    }
  });

  it('only ever grows: within one ms, over many, and when the clock steps back', () => {
    let at = 1_763_774_400_000;
    const next = idSource(() => at);
    let last = next('vrf');
    for (let i = 0; i < 50_000; i += 1) {
      if (i % 1000 === 0) at += i % 3000 === 0 ? -500 : 200;
      const id = next('vrf');
      expect(id > last).toBe(true);
      expect(id).toHaveLength(30);
      last = id;
    }
  });

  it('makes 200,000 distinct ids in two sources that share a clock', () => {
    const [a, b] = [idSource(() => 1), idSource(() => 1)];
    const ids = new Set<string>();
    for (let i = 0; i < 100_000; i += 1) ids.add(a('vrf')).add(b('vrf'));
    expect(ids.size).toBe(200_000);
  });
});
