import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKeyRing } from '@otp-relay/vault';
import { nextKeys } from './next-keys.ts';

const random = (): string => randomBytes(32).toString('base64');

describe('nextKeys', () => {
  const first = `1:${random()}`;

  it('leads from one key to the next, every value able to open what its neighbours seal', () => {
    const values = [first];
    const sealed = new Map([[1, 5]]);
    for (const [step, done] of [
      [1, sealed],
      [2, sealed],
      [3, new Map([[2, 5]])],
    ] as const) {
      const next = nextKeys(values.at(-1)!, done, random);
      if (next.kind !== 'next') throw new Error('there is a next value');
      expect(next.step).toBe(step);
      values.push(next.value);
    }
    const rings = values.map((value) => createKeyRing(value));
    expect(rings.map(({ current, versions }) => [current, versions])).toEqual([
      [1, [1]],
      [1, [2, 1]],
      [2, [2, 1]],
      [2, [2]],
    ]);
    // Processes are restarted one by one: old and new ones run side by side.
    for (const [index, ring] of rings.entries())
      for (const neighbour of [rings[index - 1], rings[index + 1]].slice(0, index === 2 ? 1 : 2))
        if (neighbour) expect(neighbour.open(ring.seal('x', 'a'), 'a').reveal()).toBe('x');
  });

  it('drops nothing while something is sealed with it', () => {
    const two = `${first},2:${random()}`;
    expect(
      nextKeys(
        two,
        new Map([
          [2, 9],
          [1, 3],
        ]),
        random,
      ),
    ).toEqual({ kind: 'reseal_first', count: 3 });
  });

  it('refuses what is no ring, and shows none of it', () => {
    expect(() => nextKeys('1:short', new Map(), random)).toThrow(/OTP_VAULT_KEYS/);
    expect(() => nextKeys(`${first}:standby`, new Map(), random)).toThrow(/on standby/);
  });
});
