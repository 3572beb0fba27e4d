import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKeyRing, intakeKeys } from '@otp-relay/vault';
import { createSealer } from './seal-code.ts';

const relay = intakeKeys(createKeyRing({ 1: randomBytes(32), 2: randomBytes(32) }));
const day = 24 * 3_600_000;

describe('createSealer', () => {
  it('seals what the relay opens, for that tenant and that day only', async () => {
    const seal = createSealer({ jwks: (await relay.publicJwks()) as never, audience: 'acme', now: () => 0 });
    const sealed = await seal('048213');
    const opened = await relay.open(sealed, { audience: 'acme', now: day - 1 });
    expect(opened.ok && opened.code.reveal()).toBe('048213');
    expect(await relay.open(sealed, { audience: 'other', now: 0 })).toEqual({
      ok: false,
      reason: 'wrong_audience',
    });
    expect(await relay.open(sealed, { audience: 'acme', now: day })).toEqual({
      ok: false,
      reason: 'expired',
    });
  });

  it('fetches the keys once for five minutes, and again after a failure', async () => {
    let now = 0;
    let fetched = 0;
    const seal = createSealer({
      now: () => now,
      fetchKeys: async () => {
        fetched += 1;
        if (fetched === 1) throw new Error('away');
        return relay.publicJwks();
      },
    });
    await expect(seal('1234')).rejects.toThrow('away');
    await Promise.all([seal('1234'), seal('1234')]);
    expect(fetched).toBe(2);
    now = 5 * 60_000;
    await seal('1234');
    expect(fetched).toBe(3);
  });

  it.each([
    ['nothing', undefined],
    ['a page', '<html>'],
    ['an empty set', { keys: [] }],
    ['a signing key', { keys: [{ kty: 'RSA', kid: 'a', n: 'x', e: 'AQAB' }] }],
    ['a private key', { keys: [{ kty: 'OKP', kid: 'intake-1', x: 'x', d: 'd' }] }],
  ])('seals nothing to %s', async (_, keys) => {
    const seal = createSealer({ fetchKeys: async () => keys });
    await expect(seal('1234')).rejects.toMatchObject({ code: 'OTP_CLIENT_NO_KEYS' });
  });
});
