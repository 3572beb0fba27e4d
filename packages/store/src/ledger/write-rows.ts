import type { Attempt, TimelineEntry, Verification } from '@otp-relay/core';
import type { RowOf } from './bulk.ts';
import type {
  changedAttempt,
  changedState,
  newAttempt,
  newEvent,
  newRequest,
  newVerification,
} from './columns.ts';
import { storable, storableJson } from './storable.ts';
import type { NewVerification } from './types.ts';

/**
 * What is spread comes last in these: an object that is spread first and then given new properties costs V8 microseconds and
 * kilobytes, a hidden class for each property of each object.
 */
export const stateRow = (v: Verification): Omit<RowOf<typeof changedState>, 'version'> => ({
  id: v.id,
  status: v.status,
  delivery: v.delivery,
  phone: v.addresses.phone,
  email: v.addresses.email,
  current_id: v.currentId,
  step_started_at: v.stepStartedAt,
  deadline_at: v.deadlineAt,
  bell_at: v.bellAt,
  failed_checks: v.failedChecks,
});

export const verificationRow = (row: NewVerification): RowOf<typeof newVerification> => ({
  tenant_id: row.verification.tenantId,
  created_at: row.material.createdAt,
  expires_at: row.verification.expiresAt,
  max_checks: row.verification.maxChecks,
  sealed_code: row.verification.status === 'pending' ? row.material.sealedCode : null,
  idempotency_key: row.idempotencyKey,
  live_key: row.liveKey,
  updated_at: row.material.createdAt,
  ...stateRow(row.verification),
});

export function requestRow(row: NewVerification): RowOf<typeof newRequest> {
  const { verification, material } = row;
  return {
    id: verification.id,
    tenant_id: verification.tenantId,
    purpose: verification.purpose,
    steps: JSON.stringify(verification.steps),
    sealed_recipient: material.sealedRecipient,
    recipient_masked: row.recipientMasked,
    recipient_key: row.recipientKey,
    code_mac: material.codeMac,
    locale: material.locale,
    calling_code: material.callingCode,
    country: material.country,
    context: material.context && storableJson(material.context),
    mode: material.mode,
    source: row.source,
    request_hash: row.requestHash,
  };
}

export const movedRow = (v: Verification, a: Attempt): RowOf<typeof changedAttempt> => ({
  verification_id: v.id,
  step: a.step,
  try: a.try,
  state: a.state,
  claim: a.claim,
  skip_reason: a.skipReason,
  failure_kind: a.failure?.kind ?? null,
  failure_scope: a.failure?.scope ?? null,
  failure_code: a.failure?.code === undefined ? null : storable(a.failure.code),
  failure_detail: a.failure?.detail === undefined ? null : storable(a.failure.detail),
  provider_ref: a.providerRef === null ? null : storable(a.providerRef),
  sending_at: a.sendingAt,
  accepted_at: a.acceptedAt,
  sent_at: a.sentAt,
  delivered_at: a.deliveredAt,
  read_at: a.readAt,
  ended_at: a.endedAt,
});

export const attemptRow = (v: Verification, a: Attempt, ordinal: number): RowOf<typeof newAttempt> => ({
  id: a.id,
  tenant_id: v.tenantId,
  ordinal,
  channel: a.channel,
  provider: a.provider,
  account: a.account,
  queued_at: a.queuedAt,
  ...movedRow(v, a),
});

export const eventRow = (v: Verification, entry: TimelineEntry): RowOf<typeof newEvent> => ({
  verification_id: v.id,
  tenant_id: v.tenantId,
  type: entry.type,
  attempt_id: entry.attemptId,
  at: entry.at,
  detail: storableJson(entry.detail),
});
