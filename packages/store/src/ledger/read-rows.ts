import type { Attempt, Failure, Step, Verification } from '@otp-relay/core';
import type { Material } from './types.ts';

/** What a whole verification is read from: `otp.verifications v join otp.requests r using (tenant_id, id)`. */
export const storedColumns = `v.id, v.tenant_id, v.status, v.delivery, v.phone, v.email, v.current_id, v.step_started_at,
  v.created_at, v.expires_at, v.deadline_at, v.bell_at, v.failed_checks, v.max_checks, v.sealed_code, v.version, r.purpose, r.steps,
  r.sealed_recipient, r.code_mac, r.locale, r.calling_code, r.country, r.context, r.mode`;

/** A row of {@link storedColumns}. */
export interface StoredVerification {
  readonly id: string;
  readonly tenant_id: string;
  readonly status: Verification['status'];
  readonly delivery: Verification['delivery'];
  readonly phone: Verification['addresses']['phone'];
  readonly email: Verification['addresses']['email'];
  readonly current_id: string | null;
  readonly step_started_at: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly deadline_at: number | null;
  readonly version: number;
  readonly bell_at: number | null;
  readonly failed_checks: number;
  readonly max_checks: number;
  readonly sealed_code: Buffer | null;
  readonly purpose: Verification['purpose'];
  readonly steps: readonly Step[];
  readonly sealed_recipient: Buffer;
  readonly code_mac: Buffer;
  readonly locale: string;
  readonly calling_code: string | null;
  readonly country: string | null;
  readonly context: Readonly<Record<string, string>> | null;
  readonly mode: Material['mode'];
}

/** A row of `otp.attempts`, as JSON. */
export interface StoredAttempt {
  readonly id: string;
  readonly verification_id: string;
  readonly step: number;
  readonly try: number;
  readonly channel: Attempt['channel'];
  readonly provider: Attempt['provider'];
  readonly account: string;
  readonly state: Attempt['state'];
  readonly claim: string | null;
  readonly skip_reason: Attempt['skipReason'];
  readonly failure_kind: Failure['kind'] | null;
  readonly failure_scope: Failure['scope'] | null;
  readonly failure_code: string | null;
  readonly failure_detail: string | null;
  readonly provider_ref: string | null;
  readonly queued_at: number;
  readonly sending_at: number | null;
  readonly accepted_at: number | null;
  readonly sent_at: number | null;
  readonly delivered_at: number | null;
  readonly read_at: number | null;
  readonly ended_at: number | null;
}

export const verificationOf = (row: StoredVerification, attempts: readonly Attempt[]): Verification => ({
  id: row.id,
  tenantId: row.tenant_id,
  purpose: row.purpose,
  status: row.status,
  delivery: row.delivery,
  steps: row.steps,
  addresses: { phone: row.phone, email: row.email },
  currentId: row.current_id,
  stepStartedAt: row.step_started_at,
  expiresAt: row.expires_at,
  deadlineAt: row.deadline_at,
  bellAt: row.bell_at,
  failedChecks: row.failed_checks,
  maxChecks: row.max_checks,
  attempts,
});

export const materialOf = (row: StoredVerification): Material => ({
  sealedCode: row.sealed_code,
  sealedRecipient: row.sealed_recipient,
  codeMac: row.code_mac,
  locale: row.locale,
  callingCode: row.calling_code,
  country: row.country,
  context: row.context,
  mode: row.mode,
  createdAt: row.created_at,
});

export const attemptOf = (row: StoredAttempt): Attempt => ({
  id: row.id,
  step: row.step,
  try: row.try,
  channel: row.channel,
  provider: row.provider,
  account: row.account,
  state: row.state,
  claim: row.claim,
  skipReason: row.skip_reason,
  failure: failureOf(row),
  providerRef: row.provider_ref,
  queuedAt: row.queued_at,
  sendingAt: row.sending_at,
  acceptedAt: row.accepted_at,
  sentAt: row.sent_at,
  deliveredAt: row.delivered_at,
  readAt: row.read_at,
  endedAt: row.ended_at,
});

function failureOf(row: StoredAttempt): Failure | null {
  if (row.failure_kind === null || row.failure_scope === null) return null;
  return {
    kind: row.failure_kind,
    scope: row.failure_scope,
    ...(row.failure_code !== null && { code: row.failure_code }),
    ...(row.failure_detail !== null && { detail: row.failure_detail }),
  };
}

/** Groups attempts, already in order, by their verification. */
export function attemptsById(rows: readonly StoredAttempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const byId = new Map<string, Attempt[]>();
  for (const row of rows) {
    const attempts = byId.get(row.verification_id);
    if (attempts) attempts.push(attemptOf(row));
    else byId.set(row.verification_id, [attemptOf(row)]);
  }
  return byId;
}
