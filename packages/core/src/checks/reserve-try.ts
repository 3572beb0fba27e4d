import type { VerificationStatus } from '../verification.ts';

/** Wrong checks one recipient may make for one purpose in any 24 hours, over all their verifications. */
export const maxWrongPerDay = 20;
/** Wrong checks without a right one between them (NIST SP 800-63B §5.2.2 allows no more); then only an operator unlocks. */
export const maxWrongInRow = 100;
const dayMs = 86_400_000;

/** What a recipient got wrong for one purpose. A try counts from its reservation on, until it turns out to be right. */
export interface CheckFailures {
  readonly inRow: number;
  /** When, ms since 1970, those of the last 24 hours. */
  readonly recent: readonly number[];
}

/** The part of a verification that decides whether a guess may be compared. */
export interface CheckState {
  readonly status: VerificationStatus;
  readonly expiresAt: number;
  /** Tries given out so far, compared or not. */
  readonly reserved: number;
  readonly maxChecks: number;
}

/**
 * Why a guess is not even compared. Callers are told none of it. `spent`: every try is given out, though not every one
 * has been counted yet.
 */
export const checkRefusals = [
  'unknown',
  'used',
  'denied',
  'expired',
  'canceled',
  'locked_for_today',
  'locked',
  'spent',
] as const;
export type CheckRefusal = (typeof checkRefusals)[number];

export type Reservation =
  | { readonly kind: 'granted'; readonly failures: CheckFailures }
  | { readonly kind: 'refused'; readonly reason: Exclude<CheckRefusal, 'unknown'> };

const refused = (reason: Exclude<CheckRefusal, 'unknown'>): Reservation => ({ kind: 'refused', reason });

/**
 * Whether one guess may be compared at `now` (ms, Postgres' clock), and what the recipient's failures become when it is:
 * it is counted before it is looked at, so that guesses at the same moment cannot share one try.
 */
export function reserveTry(state: CheckState, failures: CheckFailures, now: number): Reservation {
  if (state.status === 'approved') return refused('used');
  if (state.status !== 'pending') return refused(state.status);
  if (now >= state.expiresAt) return refused('expired');
  const recent = failures.recent.filter((at) => at > now - dayMs);
  if (failures.inRow >= maxWrongInRow) return refused('locked');
  if (recent.length >= maxWrongPerDay) return refused('locked_for_today');
  if (state.reserved >= state.maxChecks) return refused('spent');
  return { kind: 'granted', failures: { inRow: failures.inRow + 1, recent: [...recent, now] } };
}
