import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import { compactDecrypt, decodeProtectedHeader, type JWK } from 'jose';
import type { KeyRing } from './key-ring.ts';

/** Why a caller's sealed code was refused. */
export const intakeRefusals = [
  'too_large',
  'malformed',
  'unsupported_algorithm',
  'unknown_key',
  'undecryptable',
  'invalid_payload',
  'wrong_audience',
  'expired',
] as const;
export type IntakeRefusal = (typeof intakeRefusals)[number];
export type IntakeOpened =
  | { readonly ok: true; readonly code: Secret }
  | { readonly ok: false; readonly reason: IntakeRefusal };

/** The keys callers seal their own codes to. */
export interface IntakeKeys {
  /** What `/.well-known/jwks.json` answers: X25519 public keys, the one to use first. */
  publicJwks(): Promise<{ keys: JWK[] }>;
  /**
   * Opens a compact JWE (ECDH-ES + A256GCM) holding `{ code, aud?, exp? }`: `code` 4–15 printable ASCII characters
   * without spaces, `aud` the tenant it is for (refused when it is not `audience`), `exp` in seconds since 1970.
   */
  open(jwe: string, options?: { audience?: string; now?: number }): Promise<IntakeOpened>;
}

const maxJweLength = 2048;
/** WhatsApp authentication templates take at most 15 characters. */
const codeShape = /^[\x21-\x7e]{4,15}$/;
/** RFC 8410 §7: everything of a PKCS #8 X25519 private key that comes before its 32 bytes. */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Derives one X25519 key pair per version of the ring, so that there is one key set to manage. */
export function intakeKeys(ring: KeyRing): IntakeKeys {
  // Made when first asked for: most processes never open a caller's code.
  let made: ReadonlyMap<string, KeyObject> | undefined;
  const privateKeys = (): ReadonlyMap<string, KeyObject> => {
    made ??= new Map(ring.versions.map((version) => [kidOf(version), privateKey(ring, version)]));
    return made;
  };
  return {
    // A process that has not got a key on standby yet could not open what is sealed to it.
    publicJwks: async () => ({
      keys: [...privateKeys()]
        .filter(([kid]) => !ring.standby.some((version) => kid === kidOf(version)))
        .map(([kid, key]) => publicJwk(kid, key)),
    }),
    async open(jwe, { audience, now = Date.now() } = {}) {
      const header = readHeader(jwe);
      if (typeof header === 'string') return refuse(header);
      const key = privateKeys().get(header.kid);
      if (key === undefined) return refuse('unknown_key');
      const plaintext = await decrypt(jwe, key);
      return plaintext === undefined ? refuse('undecryptable') : readPayload(plaintext, audience, now);
    },
  };
}

const kidOf = (version: number): string => `intake-${version}`;

function privateKey(ring: KeyRing, version: number): KeyObject {
  const seed = ring.derive(version, 'intake-x25519');
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
}

function publicJwk(kid: string, key: KeyObject): JWK {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'X25519', x: String(x), kid, alg: 'ECDH-ES', use: 'enc' };
}

function readHeader(jwe: string): { kid: string } | IntakeRefusal {
  if (jwe.length > maxJweLength) return 'too_large';
  const header = attempt(() => decodeProtectedHeader(jwe));
  if (header === undefined || jwe.split('.').length !== 5) return 'malformed';
  if (header.alg !== 'ECDH-ES' || header.enc !== 'A256GCM' || 'zip' in header) return 'unsupported_algorithm';
  return typeof header.kid === 'string' ? { kid: header.kid } : 'unknown_key';
}

/** jose throws for everything a stranger may have got wrong; here that is an answer, not a fault. */
const decrypt = (jwe: string, key: KeyObject): Promise<Uint8Array | undefined> =>
  compactDecrypt(jwe, key, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
    maxDecompressedLength: 0,
  }).then(
    (result) => result.plaintext,
    () => undefined,
  );

function readPayload(plaintext: Uint8Array, audience: string | undefined, now: number): IntakeOpened {
  const payload = attempt((): unknown => JSON.parse(Buffer.from(plaintext).toString('utf8')));
  if (typeof payload !== 'object' || payload === null) return refuse('invalid_payload');
  const { code, aud, exp } = payload as Record<string, unknown>;
  if (typeof code !== 'string' || !codeShape.test(code)) return refuse('invalid_payload');
  if (exp !== undefined && typeof exp !== 'number') return refuse('invalid_payload');
  if (aud !== undefined && aud !== audience) return refuse('wrong_audience');
  if (exp !== undefined && exp * 1000 <= now) return refuse('expired');
  return { ok: true, code: new Secret(code) };
}

const refuse = (reason: IntakeRefusal): IntakeOpened => ({ ok: false, reason });

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
