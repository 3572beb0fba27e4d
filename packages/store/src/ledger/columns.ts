import { rowType } from './bulk.ts';

const state = {
  id: 'text',
  status: 'text',
  delivery: 'text',
  phone: 'text',
  email: 'text',
  current_id: 'text',
  step_started_at: 'bigint',
  deadline_at: 'bigint',
  bell_at: 'bigint',
  failed_checks: 'integer',
} as const;

/** The part of `verifications` that changes, with the version it was read at. */
export const changedState = rowType('changed_state', { ...state, version: 'integer' });

/** All of `verifications`, as inserted. */
export const newVerification = rowType('new_verification', {
  ...state,
  tenant_id: 'text',
  created_at: 'bigint',
  expires_at: 'bigint',
  max_checks: 'integer',
  sealed_code: 'bytea',
  idempotency_key: 'text',
  live_key: 'bytea',
  updated_at: 'bigint',
});

export const newRequest = rowType('new_request', {
  id: 'text',
  tenant_id: 'text',
  purpose: 'text',
  steps: 'jsonb',
  sealed_recipient: 'bytea',
  recipient_masked: 'text',
  recipient_key: 'bytea',
  code_mac: 'bytea',
  locale: 'text',
  calling_code: 'text',
  country: 'text',
  context: 'jsonb',
  mode: 'text',
  source: 'text',
  request_hash: 'bytea',
});

export const attemptKey = ['verification_id', 'step', 'try'] as const;

const moved = {
  verification_id: 'text',
  step: 'integer',
  try: 'integer',
  state: 'text',
  claim: 'text',
  skip_reason: 'text',
  failure_kind: 'text',
  failure_scope: 'text',
  failure_code: 'text',
  failure_detail: 'text',
  provider_ref: 'text',
  sending_at: 'bigint',
  accepted_at: 'bigint',
  sent_at: 'bigint',
  delivered_at: 'bigint',
  read_at: 'bigint',
  ended_at: 'bigint',
} as const;

/** The part of `attempts` that changes, and what a row is found by. */
export const changedAttempt = rowType('changed_attempt', moved);

/** All of `attempts`, as inserted. */
export const newAttempt = rowType('new_attempt', {
  ...moved,
  id: 'text',
  tenant_id: 'text',
  ordinal: 'integer',
  channel: 'text',
  provider: 'text',
  account: 'text',
  queued_at: 'bigint',
});

export const newEvent = rowType('new_event', {
  verification_id: 'text',
  tenant_id: 'text',
  type: 'text',
  attempt_id: 'text',
  at: 'bigint',
  detail: 'jsonb',
});
