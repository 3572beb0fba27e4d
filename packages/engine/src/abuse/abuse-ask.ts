import type { FieldProblem, ProblemCode, VerificationRequest } from '@otp-relay/contracts';
import type { Step } from '@otp-relay/core';
import type { AbuseDecision, DecisionReason } from '@otp-relay/store';
import type { Recipient } from '../recipient.ts';
import type { Tenant } from '../tenants.ts';

/** What is judged: a request that is well-formed and has a route. */
export interface AbuseAsk {
  readonly tenant: Pick<Tenant, 'id' | 'config'>;
  readonly request: Pick<VerificationRequest, 'purpose'> &
    Partial<Pick<VerificationRequest, 'sealedCode' | 'context' | 'endUser' | 'idempotencyKey'>>;
  readonly recipient: Recipient;
  readonly steps: readonly Step[];
  readonly mode: 'live' | 'test';
  readonly source: 'http' | 'queue';
  /** The id the verification will have, or has. */
  readonly verificationId?: string;
}

/** What came of it: the steps that are left, or why there are none. */
export type AbuseScreened =
  | { readonly kind: 'allowed'; readonly steps: readonly Step[]; readonly reasons: readonly string[] }
  | { readonly kind: 'refused'; readonly code: ProblemCode; readonly problems: readonly FieldProblem[] };

/** A judgement on its way: what is left of the route, and everything that was said. */
export interface Judged {
  readonly steps: readonly Step[];
  readonly outcome: AbuseDecision['outcome'];
  readonly reasons: readonly DecisionReason[];
  /** Why nothing is left. */
  readonly refusal?: { readonly code: ProblemCode; readonly problem: FieldProblem };
}

/** Whether the recipient has the address that a step needs. */
export const canReach = (recipient: Recipient, step: Step): boolean =>
  (step.channel === 'email' ? recipient.email : recipient.phone) !== undefined;
