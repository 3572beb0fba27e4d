import type { AddressKind, Channel, ProviderName, Purpose } from './channel.ts';
import type { Failure } from './failure.ts';

/** When a step counts as done. Ranks: accepted < sent < delivered < read. */
export const successLevels = ['accepted', 'sent', 'delivered', 'read'] as const;
export type SuccessLevel = (typeof successLevels)[number];

/** One entry of a frozen route. Times in ms. */
export interface Step {
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** The tenant's account that sends, by its id. */
  readonly account: string;
  /** How long to wait for `success`, counted from the provider's acceptance. */
  readonly timeoutMs: number;
  readonly success: SuccessLevel;
  /** The step never starts with less life left than this (WhatsApp's smallest TTL is 30 s). */
  readonly minLifeMs: number;
  /** Set where the account cannot show the transaction beside its code: the step is skipped. */
  readonly hidesContext?: true;
}

export type VerificationStatus = 'pending' | 'approved' | 'denied' | 'expired' | 'canceled';
export type Delivery =
  | 'queued'
  | 'sending'
  | 'awaiting'
  | 'delivered'
  | 'unconfirmed'
  | 'exhausted'
  | 'stopped';

export const attemptStates = [
  'queued',
  'sending',
  'accepted',
  'sent',
  'delivered',
  'read',
  'rejected',
  'undelivered',
  'timed_out',
  'uncertain',
  'skipped',
  'suppressed',
] as const;
export type AttemptState = (typeof attemptStates)[number];

/** Why an attempt was never tried. */
export type SkipReason =
  | 'address_missing'
  | 'address_invalid'
  | 'too_little_life'
  /** The channel cannot show what the code is bound to, and a payment or signature nobody sees is none. */
  | 'context_hidden'
  | 'channel_failed'
  | 'account_missing'
  | 'over_budget';

/** One try at sending on one step. Instants are ms since 1970. */
export interface Attempt {
  /** `att_<ulid of the verification>_<step>_<try>`; also the BullMQ job id and what travels to the provider. */
  readonly id: string;
  readonly step: number;
  /** 1 for the first try on a step. */
  readonly try: number;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly account: string;
  readonly state: AttemptState;
  /** The fencing token of the worker that was granted this attempt. */
  readonly claim: string | null;
  readonly skipReason: SkipReason | null;
  readonly failure: Failure | null;
  /** The provider's id of the message: a wamid, a Twilio SID, an SMTP queue id. */
  readonly providerRef: string | null;
  readonly queuedAt: number;
  readonly sendingAt: number | null;
  readonly acceptedAt: number | null;
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
  /** When it was rejected, undelivered, timed out, left uncertain, skipped or suppressed. */
  readonly endedAt: number | null;
}

export type AddressState = 'present' | 'absent' | 'invalid';

/**
 * One code for one person and one purpose: the part of it that `transition` reads and changes.
 * Addresses, the code and texts are elsewhere; nothing in here is secret.
 */
export interface Verification {
  /** `vrf_<ulid>` */
  readonly id: string;
  readonly tenantId: string;
  readonly purpose: Purpose;
  readonly status: VerificationStatus;
  readonly delivery: Delivery;
  /** The route, frozen when accepted. */
  readonly steps: readonly Step[];
  readonly addresses: Readonly<Record<AddressKind, AddressState>>;
  /** The attempt that currently matters, or mattered last; null when no step could ever be tried. */
  readonly currentId: string | null;
  /** When the current step began (its first try was queued). */
  readonly stepStartedAt: number;
  readonly expiresAt: number;
  /** When the sweeper must ring at the latest; null exactly when the status is final. */
  readonly deadlineAt: number | null;
  /** When the BullMQ bell of the current attempt is due; null when none is armed. */
  readonly bellAt: number | null;
  readonly failedChecks: number;
  readonly maxChecks: number;
  readonly attempts: readonly Attempt[];
}

/** `vrf_01j…` → `att_01j…_<step>_<try>`: derived, so that transition needs no randomness. */
export const attemptIdOf = (verificationId: string, step: number, tryNo: number): string =>
  `att_${verificationId.slice(4)}_${step}_${tryNo}`;

/** The inverse of {@link attemptIdOf}; undefined when it is not one of ours. */
export function verificationIdOf(attemptId: string): string | undefined {
  const match = /^att_([0-9a-z]{26})_\d{1,3}_\d{1,3}$/.exec(attemptId);
  return match ? `vrf_${match[1]}` : undefined;
}

export const isFinal = (verification: Verification): boolean => verification.status !== 'pending';
