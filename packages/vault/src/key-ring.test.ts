import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '@otp-relay/core';
import fc from 'fast-check';
import { createKeyRing } from './key-ring.ts';
import { VaultFault } from './vault-fault.ts';

const one = randomBytes(32).toString('base64');
const two = randomBytes(32).toString('base64');
const ring = createKeyRing(`1:${one},2:${two}`);
const wellFormed = fc.string({ unit: 'grapheme' });

function faultOf(act: () => unknown): VaultFault {
  try {
    act();
  } catch (error) {
    if (error instanceof VaultFault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('seal and open', () => {
  it('are inverse for every text and aad', () => {
    fc.assert(
      fc.property(wellFormed, fc.string({ unit: 'binary' }), (plain, aad) => {
        expect(ring.open(ring.seal(plain, aad), aad).reveal()).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it('take secrets and UTF-8 bytes too', () => {
    expect(ring.open(ring.seal(new Secret('123456'), 'a'), 'a').reveal()).toBe('123456');
    expect(ring.open(ring.seal(Buffer.from('grüß'), 'a'), 'a').reveal()).toBe('grüß');
  });

  it('refuse every single flipped bit', () => {
    const sealed = ring.seal('123456', 'vrf_1');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => ring.open(changed, 'vrf_1')).toThrow(VaultFault);
    }
  });

  it('refuse any flipped bit of any text', () => {
    fc.assert(
      fc.property(wellFormed, fc.nat(), (plain, at) => {
        const sealed = ring.seal(plain, 'a');
        sealed[at % sealed.length]! ^= 1 << (at & 7);
        expect(() => ring.open(sealed, 'a')).toThrow(VaultFault);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse another aad, a cut and an extension, without showing contents', () => {
    const sealed = ring.seal('123456', 'vrf_1');
    expect(faultOf(() => ring.open(sealed, 'vrf_2')).code).toBe('OTP_VAULT_TAMPERED');
    expect(faultOf(() => ring.open(sealed, '')).message).not.toMatch(/123456|vrf_1/);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => ring.open(sealed.subarray(0, length), 'vrf_1')).toThrow(VaultFault);
    }
    expect(() => ring.open(Buffer.concat([sealed, Buffer.of(0)]), 'vrf_1')).toThrow(VaultFault);
  });

  it('refuse text that UTF-8 would change', () => {
    expect(faultOf(() => ring.seal('\ud800', 'a')).code).toBe('OTP_VAULT_PLAINTEXT');
    expect(faultOf(() => ring.seal(Buffer.of(0xff, 0xfe), 'a')).code).toBe('OTP_VAULT_PLAINTEXT');
  });
});

describe('key versions', () => {
  it('the highest seals, all open, an absent one is named', () => {
    const old = createKeyRing(`1:${one}`);
    expect(ring.versions).toEqual([2, 1]);
    expect(ring.versionOf(ring.seal('x', 'a'))).toBe(2);
    expect(ring.open(old.seal('x', 'a'), 'a').reveal()).toBe('x');
    const fault = faultOf(() => old.open(ring.seal('x', 'a'), 'a'));
    expect([fault.code, fault.message]).toEqual([
      'OTP_VAULT_UNKNOWN_KEY',
      expect.stringContaining('Version 2'),
    ]);
  });

  it('carry two bytes', () => {
    const high = createKeyRing({ 65535: randomBytes(32), 300: randomBytes(32) });
    expect(high.versionOf(high.seal('x', 'a'))).toBe(65535);
  });

  it('give every use its own key', () => {
    const keys = [ring.derive(1, 'a'), ring.derive(1, 'b'), ring.derive(2, 'a')].map((key) =>
      key.toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
    expect(ring.derive(1, 'a').toString('hex')).toBe(keys[0]);
  });
});

describe('unusable keys', () => {
  const short = randomBytes(31).toString('base64');
  it.each([
    ['empty', ''],
    ['blank', ' \n '],
    ['null', null as unknown as string],
    ['unset', undefined as unknown as string],
    ['no keys', {}],
    ['an empty key', '1:'],
    ['a short key', `1:${short}`],
    ['a long key', `1:${randomBytes(33).toString('base64')}`],
    ['a short key among good ones', `1:${one},2:${short}`],
    ['a constant key', `1:${Buffer.alloc(32, 7).toString('base64')}`],
    ['not base64', `1:${'!'.repeat(44)}`],
    ['half base64', `1:${one.slice(0, 40)}!!!!`],
    ['short bytes', { 1: randomBytes(16) }],
  ])('%s: refused, with the name and how to make one', (_, spec) => {
    const fault = faultOf(() => createKeyRing(spec));
    expect(fault.code).toBe('OTP_VAULT_KEYS');
    expect(fault.message).toContain('OTP_KEYS');
    expect(fault.message).toContain('openssl rand -base64 32');
    expect(fault.message).not.toContain(short);
  });

  it.each([
    ['no version', one],
    ['version 0', `0:${one}`],
    ['version too high', `65536:${one}`],
    ['the same version twice', `1:${one},1:${two}`],
    ['a trailing comma', `1:${one},`],
  ])('%s: refused, with the name', (_, spec) => {
    const fault = faultOf(() => createKeyRing(spec));
    expect(fault.message).toContain('OTP_KEYS');
    expect(fault.message).not.toContain(one);
  });

  it('reads both base64 alphabets, padded or not', () => {
    const url = Buffer.from(one, 'base64').toString('base64url');
    const sealed = createKeyRing(`1:${one}`).seal('x', 'a');
    expect(createKeyRing(` 1:${url} `).open(sealed, 'a').reveal()).toBe('x');
  });
});

describe('a key on standby', () => {
  const waiting = createKeyRing(`1:${one},2:${two}:standby`);

  it('opens and does not seal', () => {
    expect(waiting).toMatchObject({ current: 1, standby: [2], versions: [2, 1] });
    expect(waiting.versionOf(waiting.seal('x', 'a'))).toBe(1);
    expect(waiting.open(ring.seal('x', 'a'), 'a').reveal()).toBe('x');
  });

  it('cannot be the only one', () => {
    expect(faultOf(() => createKeyRing(`1:${one}:standby`)).message).toContain('on standby');
    expect(faultOf(() => createKeyRing(`1:${one}:other`)).code).toBe('OTP_VAULT_KEYS');
  });
});
