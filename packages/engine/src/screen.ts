import type { FieldProblem, ProblemCode, VerificationRequest } from '@otp-relay/contracts';
import type { Step } from '@otp-relay/core';
import type { Claim } from './limits/claim.ts';
import { claimFor } from './limits/claim-for.ts';
import type { Ports } from './ports.ts';
import type { Recipient } from './recipient.ts';
import type { Tenant } from './tenants.ts';

/** A request that is well-formed and has a route, before anything is made or written for it. */
export interface Ask {
  readonly tenant: Tenant;
  /** Holds `endUser`: whose address and device the caller's own service saw. */
  readonly request: VerificationRequest;
  readonly recipient: Recipient;
  /** The route as planned. */
  readonly steps: readonly Step[];
  readonly mode: 'live' | 'test';
  readonly source: 'http' | 'queue';
  /** The id the verification will have. */
  readonly verificationId: string;
}

/** What is said about a request: the steps that may be tried (fewer, or in another order), or why there are none. */
export type Screened =
  | {
      readonly kind: 'allowed';
      readonly steps: readonly Step[];
      readonly reasons: readonly string[];
      /** What limits are asked for when the verification is written; a running one can be joined without. */
      readonly claim: Claim;
    }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly problems: readonly FieldProblem[];
      /** When the same request may pass, ms from now; absent when waiting does not help. */
      readonly retryAfterMs?: number;
    };

/** The one place where a well-formed request is turned away: limits and rules against abuse. */
export async function screen(ask: Ask, ports: Ports): Promise<Screened> {
  const screened = await ports.abuse.screen(ask);
  if (screened.kind === 'refused') return screened;
  // Last: what a rule against abuse refuses uses up nobody's limits.
  return { claim: await claimFor(ask, ports), ...screened };
}
