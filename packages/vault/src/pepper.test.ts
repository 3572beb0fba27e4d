import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '@otp-relay/core';
import fc from 'fast-check';
import { type CodeBinding, createPepper, sameMac } from './pepper.ts';
import { VaultFault } from './vault-fault.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));
const text = fc.string({ unit: 'binary', maxLength: 12 });
const binding = fc.record(
  { tenantId: text, verificationId: text, code: text, context: fc.dictionary(text, text, { maxKeys: 4 }) },
  { requiredKeys: ['tenantId', 'verificationId', 'code'] },
);
const plain = (it: CodeBinding): string =>
  JSON.stringify([it.tenantId, it.verificationId, it.code, Object.entries(it.context ?? {}).sort()]);

describe('codeMac', () => {
  it('is equal for equal bindings, whatever the order of the context', () => {
    const a = pepper.codeMac({ tenantId: 't', verificationId: 'v', code: '1', context: { x: '1', y: '2' } });
    const b = pepper.codeMac({
      tenantId: 't',
      verificationId: 'v',
      code: new Secret('1'),
      context: { y: '2', x: '1' },
    });
    expect(sameMac(a, b)).toBe(true);
    expect(a).toHaveLength(32);
  });

  it('differs for any two different bindings', () => {
    fc.assert(
      fc.property(binding, binding, (a, b) => {
        expect(sameMac(pepper.codeMac(a), pepper.codeMac(b))).toBe(plain(a) === plain(b));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every mutation of a transaction context', () => {
    const mutation = fc.record({
      at: fc.nat(),
      with: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.dictionary(text, text, { minKeys: 1, maxKeys: 4 }),
        mutation,
        fc.nat(2),
        (context, change, how) => {
          const keys = Object.keys(context);
          const key = keys[change.at % keys.length]!;
          const { [key]: old = '', ...others } = context;
          const mutated =
            how === 0
              ? others
              : how === 1
                ? { ...others, [key]: old + change.with }
                : { ...others, [key + change.with]: old };
          const base = { tenantId: 't', verificationId: 'v', code: '123456' };
          expect(
            sameMac(pepper.codeMac({ ...base, context }), pepper.codeMac({ ...base, context: mutated })),
          ).toBe(false);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('does not let neighbours trade characters', () => {
    const macs = [
      pepper.codeMac({ tenantId: 'ab', verificationId: 'c', code: '1' }),
      pepper.codeMac({ tenantId: 'a', verificationId: 'bc', code: '1' }),
      pepper.codeMac({ tenantId: 'a', verificationId: 'b', code: 'c1' }),
      pepper.codeMac({ tenantId: 'ab', verificationId: 'c', code: '1', context: { '': '' } }),
      pepper.codeMac({ tenantId: 'ab', verificationId: 'c', code: '1', context: { a: 'bc' } }),
      pepper.codeMac({ tenantId: 'ab', verificationId: 'c', code: '1', context: { ab: 'c' } }),
    ];
    expect(new Set(macs.map((mac) => mac.toString('hex'))).size).toBe(macs.length);
  });
});

describe('the other hashes', () => {
  it('never collide across uses, tenants or peppers', () => {
    const other = createPepper(randomBytes(32).toString('base64'));
    const hashes = [pepper, other].flatMap((it) => [
      it.addressKey('t', 'phone', '+15550000000'),
      it.addressKey('u', 'phone', '+15550000000'),
      it.addressKey('t', 'email', '+15550000000'),
      it.liveKey('t', 'phone', '+15550000000'),
      it.requestHash('t', ['phone', '+15550000000']),
      it.apiKeyHash('t'),
    ]);
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(hashes.length);
  });

  it('requestHash reads structure, not spelling', () => {
    const hash = (value: Parameters<typeof pepper.requestHash>[1]) =>
      pepper.requestHash('t', value).toString('hex');
    expect(hash({ a: 1, b: { c: [true, null] } })).toBe(hash({ b: { c: [true, null], d: undefined }, a: 1 }));
    expect(hash({ a: 1 })).not.toBe(hash({ a: '1' }));
    expect(hash([[], 'x'])).not.toBe(hash([['x']]));
    expect(hash({ code: new Secret('1') })).not.toBe(hash({ code: new Secret('2') }));
  });
});

describe('sameMac', () => {
  it('refuses every prefix, suffix and extension of a mac', () => {
    const mac = pepper.apiKeyHash('k');
    expect(sameMac(mac, Buffer.from(mac))).toBe(true);
    for (let cut = 0; cut < mac.length; cut += 1) {
      expect(sameMac(mac, mac.subarray(0, cut))).toBe(false);
      expect(sameMac(mac.subarray(cut + 1), mac)).toBe(false);
    }
    expect(sameMac(mac, Buffer.concat([mac, Buffer.of(0)]))).toBe(false);
    expect(sameMac(Buffer.alloc(0), Buffer.alloc(0))).toBe(false);
  });
});

describe('an unusable pepper', () => {
  it.each(['', '  ', undefined as unknown as string, randomBytes(16).toString('base64'), 'password'])(
    'is refused by name: %j',
    (value) => {
      expect(() => createPepper(value)).toThrow(VaultFault);
      expect(() => createPepper(value)).toThrow(/OTP_PEPPER .*openssl rand -base64 32/);
    },
  );
});
