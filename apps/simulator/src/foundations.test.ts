import { describe, expect, it } from '@jest/globals';
import { Bucket } from './bucket.ts';
import { readConfig } from './config.ts';
import { Ring } from './ring.ts';

describe('Ring', () => {
  it('keeps the newest, tells what fell off, and can shrink', () => {
    const gone: number[] = [];
    const ring = new Ring<number>(3, (item) => gone.push(item));
    for (let item = 1; item <= 10; item += 1) {
      ring.push(item);
    }
    expect([...ring.newestFirst()]).toEqual([10, 9, 8]);
    ring.capacity = 1;
    expect([...ring.newestFirst()]).toEqual([10]);
    expect(gone).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('Bucket', () => {
  it('gives its capacity at once and one more per refill', () => {
    const bucket = new Bucket();
    const take = (now: number) => bucket.take('key', 3, 1_000, now);
    expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false]);
    expect([take(500), take(1_000), take(1_001)]).toEqual([false, true, false]);
    expect([take(60_000), take(60_000), take(60_000), take(60_000)]).toEqual([true, true, true, false]);
  });

  it('keeps keys apart, and a capacity of 0 is no limit', () => {
    const bucket = new Bucket();
    expect([bucket.take('a', 1, 1_000, 0), bucket.take('b', 1, 1_000, 0)]).toEqual([true, true]);
    expect(Array.from({ length: 100 }, () => bucket.take('c', 0, 1_000, 0))).not.toContain(false);
  });
});

describe('readConfig', () => {
  it('has defaults for everything', () => {
    expect(readConfig({})).toMatchObject({ PORT: 4010, SMTP_PORT: 4025, HOST: '127.0.0.1', KEEP: 50_000 });
  });

  it('names every wrong variable at once', () => {
    expect(() => readConfig({ PORT: 'x', KEEP: '0' })).toThrow(/(?=[\s\S]*PORT)(?=[\s\S]*KEEP)/);
  });
});
