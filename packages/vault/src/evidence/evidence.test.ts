import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createKeyRing } from '../key-ring.ts';
import { canonicalJson } from './canonical-json.ts';
import { type EvidenceJwk, evidenceJwk, evidenceKeys } from './evidence-keys.ts';
import { signEvidence } from './sign-evidence.ts';
import { type EvidenceToVerify, verifyEvidence } from './verify-evidence.ts';

const roots = { 1: randomBytes(32), 2: randomBytes(32) };
const keys = evidenceKeys(createKeyRing(roots));
const record = { type: 'test', sequence: 7, previous: null, list: [true, { b: 'ä', a: 'x' }] };

const bundleOf = (over: Partial<EvidenceToVerify> = {}): EvidenceToVerify => {
  const { hash, signature, keyId } = signEvidence(record, keys);
  const value = signature.toString('base64url');
  return { record, hash: hash.toString('hex'), signature: { algorithm: 'Ed25519', keyId, value }, ...over };
};

describe('canonicalJson', () => {
  it('sorts keys by UTF-16 units and writes no spaces (RFC 8785, section 3.2.3)', () => {
    const value = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('gives equal values one text, and that text parses back', () => {
    const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => isCarried(value));
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([0.5, Number.NaN, 2 ** 53, '\ud800', undefined, { a: undefined }, new Date(), [Symbol('x')]])(
    'refuses %p',
    (value) => expect(() => canonicalJson(value)).toThrow(TypeError),
  );
});

const isCarried = (value: unknown): boolean => {
  try {
    return canonicalJson(value) !== '';
  } catch {
    return false;
  }
};

describe('evidence', () => {
  it('holds with the public key alone', () => {
    expect(verifyEvidence(bundleOf(), keys.publicKeys)).toBeUndefined();
    const copy = JSON.parse(JSON.stringify(bundleOf())) as EvidenceToVerify;
    expect(verifyEvidence(copy, [{ x: keys.current.jwk.x }])).toBeUndefined();
  });

  it('holds after a rotation while the old key is known', () => {
    const before = evidenceKeys(createKeyRing({ 1: roots[1] }));
    const old = signEvidence(record, before);
    expect(old.keyId).not.toBe(keys.current.jwk.kid);
    const value = old.signature.toString('base64url');
    const bundle = bundleOf({ signature: { algorithm: 'Ed25519', keyId: old.keyId, value } });
    expect(verifyEvidence(bundle, keys.publicKeys)).toBeUndefined();
    expect(verifyEvidence(bundle, [keys.current.jwk])).toBe('unknown_key');
  });

  it('signs the same way every time: whoever holds the key can make it again', () => {
    expect(signEvidence(record, keys)).toEqual(signEvidence({ ...record }, keys));
  });

  it('is not believed once any value of the record was changed, added or removed', () => {
    const changes: unknown[] = [
      { ...record, sequence: 8 },
      { ...record, type: 'Test' },
      { ...record, previous: '' },
      { ...record, extra: null },
      { ...record, list: [{ b: 'ä', a: 'x' }, true] },
      { ...record, list: [true, { b: 'a\u0308', a: 'x' }] },
      { type: 'test' },
      [],
      null,
    ];
    for (const changed of changes) {
      expect(verifyEvidence(bundleOf({ record: changed }), keys.publicKeys)).toBe('hash_differs');
      // Also when the forger mends the hash.
      const { hash } = signEvidence(changed as never, keys);
      const mended = bundleOf({ record: changed, hash: hash.toString('hex') });
      expect(verifyEvidence(mended, keys.publicKeys)).toBe('forged');
    }
    expect(verifyEvidence(bundleOf({ record: { half: 0.5 } }), keys.publicKeys)).toBe('not_canonical');
  });

  it('refuses every prefix, suffix and extension of a signature, and every flipped bit', () => {
    const { signature } = bundleOf();
    const values = new Set<string>(['', `${signature.value}A`, `A${signature.value}`, `${signature.value}=`]);
    for (let at = 1; at < signature.value.length; at += 1) {
      values.add(signature.value.slice(0, at));
      values.add(signature.value.slice(at));
    }
    const bytes = Buffer.from(signature.value, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      values.add(flipped.toString('base64url'));
    }
    for (const value of values)
      expect(verifyEvidence(bundleOf({ signature: { ...signature, value } }), keys.publicKeys)).toBe(
        'forged',
      );
  });

  it("believes no key of the forger's, under whatever name", () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const x = String(publicKey.export({ format: 'jwk' }).x);
    const value = sign(null, Buffer.from(canonicalJson(record)), privateKey).toString('base64url');
    const forged = (keyId: string) => bundleOf({ signature: { algorithm: 'Ed25519', keyId, value } });
    expect(verifyEvidence(forged(evidenceJwk(x).kid), keys.publicKeys)).toBe('unknown_key');
    expect(verifyEvidence(forged(keys.current.jwk.kid), keys.publicKeys)).toBe('forged');
    const posing = { ...evidenceJwk(x), kid: keys.current.jwk.kid } as EvidenceJwk;
    expect(verifyEvidence(forged(keys.current.jwk.kid), [posing])).toBe('unknown_key');
  });

  it('without a key, or with one that is none, refuses everything', () => {
    expect(verifyEvidence(bundleOf(), [])).toBe('unknown_key');
    expect(verifyEvidence(bundleOf(), [{ x: '' }])).toBe('unknown_key');
    const empty = { algorithm: 'Ed25519', keyId: evidenceJwk('').kid, value: '' };
    expect(verifyEvidence(bundleOf({ signature: empty }), [{ x: '' }])).toBe('forged');
    const none = { ...empty, algorithm: 'none' };
    expect(verifyEvidence(bundleOf({ signature: none }), keys.publicKeys)).toBe('wrong_algorithm');
  });
});
