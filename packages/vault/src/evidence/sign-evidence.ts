import { createHash, sign } from 'node:crypto';
import { type CanonicalJson, canonicalJson } from './canonical-json.ts';
import type { EvidenceKeys } from './evidence-keys.ts';

/** A record with its hash and its signature; both cover the record's canonical JSON (RFC 8785). */
export interface SignedEvidence {
  /** The record's canonical JSON. */
  readonly text: string;
  readonly hash: Buffer;
  /** Ed25519 over the UTF-8 bytes of `text`, 64 bytes. */
  readonly signature: Buffer;
  /** Names the public key. */
  readonly keyId: string;
}

/** Signs a record with the ring's current key. The record says itself what it is: its `type` keeps it from passing for another. */
export function signEvidence(record: CanonicalJson, { current }: EvidenceKeys): SignedEvidence {
  const text = canonicalJson(record);
  const bytes = Buffer.from(text, 'utf8');
  return {
    text,
    hash: createHash('sha256').update(bytes).digest(),
    signature: sign(null, bytes, current.privateKey),
    keyId: current.jwk.kid,
  };
}
