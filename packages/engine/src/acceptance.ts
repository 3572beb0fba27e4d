import type { FieldProblem, ProblemCode } from '@otp-relay/contracts';

/** What became of a request. `deduplicated`: it joined a verification that was already there. */
export type Accepted =
  | {
      readonly kind: 'accepted';
      readonly id: string;
      readonly deduplicated: boolean;
      /** Resolves when the call to the provider is over, if this process makes it itself; never rejects. */
      readonly sending?: Promise<void>;
    }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly problems: readonly FieldProblem[];
      /** When the same request may pass, ms from now; absent when waiting does not help. */
      readonly retryAfterMs?: number;
    };

export interface Acceptance {
  readonly tenantId: string;
  readonly source: 'http' | 'queue';
  /** `test` never reaches a real provider; it comes from the kind of API key. */
  readonly mode?: 'live' | 'test';
  readonly idempotencyKey?: string | undefined;
}
