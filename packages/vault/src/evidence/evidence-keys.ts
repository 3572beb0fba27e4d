import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyRing } from '../key-ring.ts';

/** A public key that evidence is checked with (RFC 8037). Its `kid` is its own thumbprint (RFC 7638): it names no other key. */
export interface EvidenceJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The 32 bytes of the key, base64url. */
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** The key that signs evidence, and those that signed before it. */
export interface EvidenceKeys {
  /** Of every version, newest first, also one on standby that does not sign yet. */
  readonly publicKeys: readonly EvidenceJwk[];
  readonly current: { readonly jwk: EvidenceJwk; readonly privateKey: KeyObject };
}

/** RFC 8410 §7: everything of a PKCS #8 Ed25519 private key that comes before its 32 bytes. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derives one Ed25519 key pair per version of the ring: rotating OTP_KEYS rotates what signs. */
export function evidenceKeys(ring: KeyRing): EvidenceKeys {
  const privateKey = (version: number): KeyObject =>
    createPrivateKey({
      key: Buffer.concat([pkcs8Prefix, ring.derive(version, 'evidence-ed25519')]),
      format: 'der',
      type: 'pkcs8',
    });
  const publicOf = (key: KeyObject): EvidenceJwk =>
    evidenceJwk(String(createPublicKey(key).export({ format: 'jwk' }).x));
  const current = privateKey(ring.current);
  return {
    publicKeys: ring.versions.map((version) => publicOf(privateKey(version))),
    current: { jwk: publicOf(current), privateKey: current },
  };
}

/** The public key with these bytes (base64url), under the only name it can have. */
export const evidenceJwk = (x: string): EvidenceJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x,
  kid: createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url'),
  alg: 'EdDSA',
  use: 'sig',
});
