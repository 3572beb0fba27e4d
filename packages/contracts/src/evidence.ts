import { z } from 'zod';

const instant = z.iso.datetime().describe('ISO 8601, UTC');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 characters of lower-case hex');

const attempt = z.strictObject({
  id: z.string(),
  channel: z.string(),
  provider: z.string(),
  account: z.string(),
  state: z.string(),
  providerRef: z.string().nullable().describe("The provider's own id of the message."),
  failure: z.strictObject({ kind: z.string(), code: z.string().nullable() }).nullable(),
  queuedAt: instant,
  sendingAt: instant.nullable(),
  acceptedAt: instant.nullable(),
  sentAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  readAt: instant.nullable(),
  endedAt: instant.nullable(),
});

/**
 * What is signed of an approved signature: who, what, when, by which channels, after how many wrong checks; never the code.
 * Its words are open: evidence of a later version with more channels or events can be read by this one.
 */
export const evidenceRecord = z.strictObject({
  type: z.literal('otp-relay.signature-evidence.v1', 'is not evidence this version can read'),
  tenant: z.string(),
  mode: z.enum(['live', 'test']).describe('A test key sends nothing: what it approved proves nothing.'),
  sequence: z.int().min(1).describe("Place in the tenant's chain of this mode; no number is left out."),
  previous: sha256.describe('Hash of the record before it; zeros for the first.'),
  sealedAt: instant,
  verification: z.strictObject({
    id: z.string(),
    locale: z.string(),
    source: z.string(),
    createdAt: instant,
    approvedAt: instant,
    expiresAt: instant,
    failedChecks: z.int(),
    maxChecks: z.int(),
  }),
  recipient: z.strictObject({
    masked: z.string(),
    digest: sha256.describe('Keyed hash of the address: the holder of the pepper can tell whose it is.'),
  }),
  document: z.strictObject({
    title: z.string(),
    hash: z.strictObject({ algorithm: z.literal('SHA-256'), value: sha256 }),
  }),
  attempts: z.array(attempt).describe('As they stood when this was sealed.'),
  timeline: z.array(
    z.strictObject({
      at: instant,
      type: z.string(),
      attempt: z.string().nullable(),
      detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
});

/** `GET /v1/verifications/{id}/evidence`, and one line of `otp evidence export`. */
export const evidenceBundle = z.strictObject({
  record: evidenceRecord,
  hash: sha256.describe("SHA-256 of the record's canonical JSON (RFC 8785)."),
  signature: z.strictObject({
    algorithm: z.literal('Ed25519'),
    keyId: z.string().describe('RFC 7638 thumbprint of a key of /.well-known/evidence-keys.json.'),
    value: z.string().describe("Over the record's canonical JSON, base64url."),
  }),
});

/** `GET /.well-known/evidence-keys.json`: a JWK set of Ed25519 keys (RFC 8037), newest first. */
export const evidenceKeySet = z.object({
  keys: z.array(
    z.looseObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url'),
      kid: z.string(),
    }),
  ),
});

export type EvidenceRecord = z.infer<typeof evidenceRecord>;
export type EvidenceBundle = z.infer<typeof evidenceBundle>;
export type EvidenceKeySet = z.infer<typeof evidenceKeySet>;
