import { CompactEncrypt, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { OtpClientFault } from './otp-client-fault.ts';

/** Seals a caller's own code to the relay: from here on nothing in between can read it. */
export type SealCode = (code: string) => Promise<string>;

/** A key is trusted this long; the relay opens what an older key sealed for at least a day. */
const cachedForMs = 5 * 60_000;
/** The sealed code is worthless after this long, wherever a copy of it may lie. Covers queues, retries and wrong clocks. */
const sealLivesMs = 24 * 3_600_000;

/** What a code may be made of (WhatsApp templates take at most 15 characters). */
export const codeShape = /^[\x21-\x7e]{4,15}$/;

/**
 * JWE, ECDH-ES + A256GCM, of `{ code, exp, aud? }`, to the first key of `jwks` or of what `fetchKeys` answers.
 * Throws `OTP_CLIENT_NO_KEYS`.
 */
export function createSealer(options: {
  readonly jwks?: JSONWebKeySet | undefined;
  readonly fetchKeys?: (() => Promise<unknown>) | undefined;
  readonly audience?: string | undefined;
  readonly now?: () => number;
}): SealCode {
  const { jwks, fetchKeys, audience, now = Date.now } = options;
  let cached: { readonly keys: Promise<unknown>; readonly at: number } | undefined;

  function keys(): Promise<unknown> {
    if (jwks) return Promise.resolve(jwks);
    if (!fetchKeys) throw noKeys('Give the client a jwksUrl (…/.well-known/jwks.json of the relay) or jwks.');
    if (cached && now() - cached.at < cachedForMs) return cached.keys;
    const fetched = fetchKeys();
    cached = { keys: fetched, at: now() };
    // A failed fetch is not remembered.
    fetched.catch(() => {
      if (cached?.keys === fetched) cached = undefined;
    });
    return fetched;
  }

  return async (code) => {
    const jwk = currentKey(await keys());
    const payload = {
      code,
      exp: Math.ceil((now() + sealLivesMs) / 1000),
      ...(audience !== undefined && { aud: audience }),
    };
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid })
      .encrypt(await importJWK(jwk, 'ECDH-ES'));
  };
}

const noKeys = (sentence: string): OtpClientFault => new OtpClientFault('OTP_CLIENT_NO_KEYS', sentence);

/** The relay lists its current key first. */
function currentKey(jwks: unknown): JWK & { readonly kid: string } {
  const keys = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : undefined;
  const usable = Array.isArray(keys) ? (keys as unknown[]).find(isIntakeKey) : undefined;
  if (!usable)
    throw noKeys('The key set holds no ECDH-ES encryption key; is it the relay’s /.well-known/jwks.json?');
  return usable;
}

const isIntakeKey = (key: unknown): key is JWK & { readonly kid: string } =>
  typeof key === 'object' &&
  key !== null &&
  'kid' in key &&
  typeof key.kid === 'string' &&
  'kty' in key &&
  key.kty === 'OKP' &&
  'x' in key &&
  !('d' in key);
