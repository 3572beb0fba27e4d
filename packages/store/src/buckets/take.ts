import type { BucketRule } from '@otp-relay/core';

/** One taking from one bucket. Buckets come to be when they are first taken from. */
export interface Take {
  /** For people: `recipient`, `ip` …; part of no identity. */
  readonly kind: string;
  /** Keyed hash, 32 bytes: names the bucket within its tenant. */
  readonly key: Buffer;
  readonly rule: BucketRule;
}

/** What one request takes, all of it or nothing. */
export interface BucketAsk {
  readonly tenantId: string;
  readonly takes: readonly Take[];
}

/** Matched by position with the takes of the ask. */
export type Reserved =
  | { readonly ok: true; readonly granted: readonly number[] }
  | {
      readonly ok: false;
      /** Which take was refused: of several, the one that takes longest to pass. */
      readonly take: number;
      /** The name of the rule's window, or `cool_down`. */
      readonly limit: string;
      /** ms from now; absent when it never passes. */
      readonly retryAfterMs?: number;
    };

/** What was taken, and when: enough to give it back. */
export interface Held {
  readonly ask: BucketAsk;
  readonly granted: readonly number[];
  /** The `now` it was taken at. */
  readonly at: number;
}

/** The bucket's name among all tenants', for maps. */
export const bucketName = (tenantId: string, key: Buffer): string => key.toString('latin1') + tenantId;
