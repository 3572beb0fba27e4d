import { createHash, createPublicKey, verify } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { type EvidenceJwk, evidenceJwk } from './evidence-keys.ts';

/** A bundle as far as its arithmetic goes; what its record says is the reader's business. */
export interface EvidenceToVerify {
  readonly record: unknown;
  /** SHA-256 of the record's canonical JSON, hex. */
  readonly hash: string;
  readonly signature: { readonly algorithm: string; readonly keyId: string; readonly value: string };
}

/** Why evidence is not believed. */
export const evidenceFlaws = {
  not_canonical: 'the record holds what no record of ours can hold',
  hash_differs: 'the record is not the one that was hashed',
  unknown_key: 'none of the given keys has the name of the key that signed',
  wrong_algorithm: 'the signature is not Ed25519',
  forged: 'the signature does not belong to this record and key',
} as const;
export type EvidenceFlaw = keyof typeof evidenceFlaws;

/**
 * Checks one bundle against the keys given, offline; undefined when it holds. A key is known by its bytes: one that goes
 * by a name not its own is no key, and without keys nothing is believed.
 */
export function verifyEvidence(
  bundle: EvidenceToVerify,
  keys: readonly Pick<EvidenceJwk, 'x'>[],
): EvidenceFlaw | undefined {
  const text = textOf(bundle.record);
  if (text === undefined) return 'not_canonical';
  const bytes = Buffer.from(text, 'utf8');
  if (createHash('sha256').update(bytes).digest('hex') !== bundle.hash) return 'hash_differs';
  const { algorithm, keyId, value } = bundle.signature;
  if (algorithm !== 'Ed25519') return 'wrong_algorithm';
  const key = keys.map(({ x }) => evidenceJwk(x)).find(({ kid }) => kid === keyId);
  if (!key) return 'unknown_key';
  // base64url has one spelling per value here: a longer or laxer one is not what was signed.
  const signature = Buffer.from(value, 'base64url');
  if (signature.length !== 64 || signature.toString('base64url') !== value) return 'forged';
  return isSigned(bytes, signature, key) ? undefined : 'forged';
}

function textOf(record: unknown): string | undefined {
  try {
    return canonicalJson(record);
  } catch {
    return undefined;
  }
}

function isSigned(bytes: Buffer, signature: Buffer, { kty, crv, x }: EvidenceJwk): boolean {
  try {
    return verify(null, bytes, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), signature);
  } catch {
    // The bytes are no point of the curve.
    return false;
  }
}
