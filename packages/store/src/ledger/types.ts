import type { TimelineEntry, Verification } from '@otp-relay/core';
import type { Reserved, Take } from '../buckets/take.ts';
import type { OutboxRow } from '../outgoing/outbox-row.ts';

/** What sending and checking need of a verification beside its state. Frozen, but for the code's erasure at the end. */
export interface Material {
  /** The code, sealed; null once the verification is final. */
  readonly sealedCode: Buffer | null;
  /** The addresses, sealed. */
  readonly sealedRecipient: Buffer;
  /** Keyed hash that a guess is compared with. */
  readonly codeMac: Buffer;
  readonly locale: string;
  /** E.164 calling code without `+`; null without a phone. */
  readonly callingCode: string | null;
  /** ISO 3166 alpha-2; null when unknown. */
  readonly country: string | null;
  /** The transaction the code confirms. */
  readonly context: Readonly<Record<string, string>> | null;
  /** `test` never reaches a real provider. */
  readonly mode: 'live' | 'test';
  /** ms since 1970. */
  readonly createdAt: number;
}

/** A verification to insert, with the first lines of its timeline. */
export interface NewVerification {
  readonly verification: Verification;
  readonly material: Material;
  readonly entries: readonly TimelineEntry[];
  readonly idempotencyKey: string | null;
  /** Tells a repeated request from another one under the same key. */
  readonly requestHash: Buffer;
  /** Names "this recipient, this purpose": a second live one joins the first. Null never joins. */
  readonly liveKey: Buffer | null;
  /** Keyed hash of the address, to find a person's verifications. */
  readonly recipientKey: Buffer;
  /** What people may see of the address. */
  readonly recipientMasked: string;
  readonly source: 'http' | 'queue';
  /** What its coming to be takes from limits; nothing when absent. */
  readonly takes?: readonly Take[];
  /** What webhooks are to be told of it. */
  readonly published?: readonly OutboxRow[];
}

/**
 * What became of a row: written, or already there under the same idempotency key, or one alive for the same recipient, or
 * turned away by the take of that position.
 */
export type InsertOutcome =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'duplicate'; readonly id: string; readonly requestHash: Buffer }
  | { readonly kind: 'joined'; readonly id: string }
  | ({ readonly kind: 'limited' } & Extract<Reserved, { ok: false }>);

export interface LedgerRow {
  readonly verification: Verification;
  readonly material: Material;
}

/** What `reduce` makes of a row; the same `verification` object and no entries means nothing changed. */
export interface Reduced {
  readonly verification: Verification;
  readonly entries: readonly TimelineEntry[];
  /** What webhooks are to be told of it. */
  readonly published?: readonly OutboxRow[];
}

export interface Changed {
  readonly before: Verification;
  readonly after: Verification;
  readonly material: Material;
}
