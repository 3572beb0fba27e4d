import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { base64url, CompactEncrypt, generateKeyPair, importJWK, type JWK } from 'jose';
import { type IntakeOpened, intakeKeys } from './intake-keys.ts';
import { createKeyRing } from './key-ring.ts';

const root = { 1: randomBytes(32), 2: randomBytes(32) };
const keys = intakeKeys(createKeyRing(root));
const [current, older] = (await keys.publicJwks()).keys as [JWK, JWK];

async function seal(payload: unknown, jwk: JWK = current, header: object = {}): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: String(jwk.kid), ...header })
    .encrypt(await importJWK(jwk, 'ECDH-ES'));
}

const shown = (opened: IntakeOpened): string => (opened.ok ? opened.code.reveal() : opened.reason);

describe('publicJwks', () => {
  it('offers the current key first, public parts only, the same in every process', async () => {
    expect([current.kid, older.kid]).toEqual(['intake-2', 'intake-1']);
    expect(current).toEqual({
      kty: 'OKP',
      crv: 'X25519',
      x: expect.stringMatching(/^[\w-]{43}$/),
      kid: 'intake-2',
      alg: 'ECDH-ES',
      use: 'enc',
    });
    expect(await intakeKeys(createKeyRing(root)).publicJwks()).toEqual({ keys: [current, older] });
  });
});

describe('a key on standby', () => {
  it('is offered to nobody and opens already', async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
    const waiting = intakeKeys(createKeyRing(`1:${first},2:${second}:standby`));
    expect((await waiting.publicJwks()).keys.map(({ kid }) => kid)).toEqual(['intake-1']);
    const promoted = intakeKeys(createKeyRing(`1:${first},2:${second}`));
    expect((await promoted.publicJwks()).keys.map(({ kid }) => kid)).toEqual(['intake-2', 'intake-1']);
  });
});

describe('open', () => {
  it('opens what was sealed to any version', async () => {
    expect(shown(await keys.open(await seal({ code: '048213' })))).toBe('048213');
    expect(shown(await keys.open(await seal({ code: 'ABC-123' }, older)))).toBe('ABC-123');
  });

  it('holds a code to its tenant and its time', async () => {
    const sealed = await seal({ code: '1234', aud: 'acme', exp: 1000 });
    expect(shown(await keys.open(sealed, { audience: 'acme', now: 999_999 }))).toBe('1234');
    expect(shown(await keys.open(sealed, { audience: 'acme', now: 1_000_000 }))).toBe('expired');
    expect(shown(await keys.open(sealed, { audience: 'other', now: 0 }))).toBe('wrong_audience');
    expect(shown(await keys.open(sealed, { now: 0 }))).toBe('wrong_audience');
  });

  it.each([
    ['too short', { code: '123' }],
    ['too long', { code: '1234567890123456' }],
    ['a number', { code: 123456 }],
    ['a space', { code: '123 456' }],
    ['a control character', { code: '1234\u0007' }],
    ['absent', {}],
    ['a textual exp', { code: '1234', exp: '1' }],
    ['null', null],
    ['not JSON', '{"code":"123456"'],
  ])('refuses a payload whose code is %s', async (_, payload) => {
    expect(shown(await keys.open(await seal(payload)))).toBe('invalid_payload');
  });

  it('refuses other algorithms, however well sealed', async () => {
    const rsa = await generateKeyPair('RSA-OAEP-256');
    const encrypt = (header: object, key: Parameters<CompactEncrypt['encrypt']>[0]) =>
      new CompactEncrypt(new TextEncoder().encode('{"code":"123456"}'))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'intake-2', ...header })
        .encrypt(key);
    const others = [
      await seal({ code: '123456' }, current, { enc: 'A128GCM' }),
      await seal({ code: '123456' }, current, { alg: 'ECDH-ES+A256KW' }),
      await seal({ code: '123456' }, current, { zip: 'DEF' }),
      await encrypt({}, base64url.decode(String(current.x))),
      await encrypt({ alg: 'RSA-OAEP-256' }, rsa.publicKey),
    ];
    for (const jwe of others) expect(shown(await keys.open(jwe))).toBe('unsupported_algorithm');
  });

  it('refuses unknown, missing and wrong keys', async () => {
    const stranger = intakeKeys(createKeyRing({ 2: randomBytes(32), 3: randomBytes(32) }));
    const [three, two] = (await stranger.publicJwks()).keys as [JWK, JWK];
    expect(shown(await keys.open(await seal({ code: '123456' }, three)))).toBe('unknown_key');
    expect(shown(await keys.open(await seal({ code: '123456' }, current, { kid: undefined })))).toBe(
      'unknown_key',
    );
    expect(shown(await keys.open(await seal({ code: '123456' }, two)))).toBe('undecryptable');
  });

  it('refuses what is too large or no JWE at all', async () => {
    expect(shown(await keys.open(await seal({ code: '123456', pad: 'x'.repeat(2000) })))).toBe('too_large');
    for (const text of ['', '123456', 'a.b.c', '....', 'e30.e30.e30.e30.e30', '{"code":"123456"}']) {
      expect(['malformed', 'unsupported_algorithm']).toContain(shown(await keys.open(text)));
    }
  });

  it('refuses every changed character', async () => {
    const jwe = await seal({ code: '048213' });
    for (let at = 0; at < jwe.length; at += 1) {
      // Q and g differ from what they replace in the leading bits, never only in the padding bits of a part's last character.
      const changed = jwe.slice(0, at) + (jwe[at] === 'Q' ? 'g' : 'Q') + jwe.slice(at + 1);
      expect(shown(await keys.open(changed))).not.toBe('048213');
    }
  });
});
