import type { ProviderName, Verification } from '@otp-relay/core';
import type { Kept } from './memory-ledger.ts';

/** One call that reached a provider. */
export interface Call {
  readonly attemptId: string;
  readonly provider: ProviderName;
  /** The code as it went out. */
  readonly code: string;
  /** How long the provider was told the code lives, ms. */
  readonly lifeMs: number;
  /** When the worker made the call; it arrived at `at`. */
  readonly issuedAt: number;
  readonly at: number;
  /** The message exists, whatever the worker was told. */
  readonly exists: boolean;
}

/** A delivery report that was answered "taken". */
export interface Taken {
  readonly attemptId: string;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly at: number;
}

/** What a client was answered. */
export interface Told {
  readonly key: string;
  readonly id: string;
}

/** The three independent records that invariants join: what clients were told, what the ledger says, what providers received. */
export interface Facts {
  readonly now: () => number;
  readonly rows: ReadonlyMap<string, Kept>;
  readonly calls: readonly Call[];
  /** The verification as committed with the grant, by attempt id. */
  readonly grants: ReadonlyMap<string, Verification>;
  readonly taken: readonly Taken[];
  readonly told: readonly Told[];
}
