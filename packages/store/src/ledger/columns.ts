/** The part of `verifications` that changes. */
export const stateColumns = {
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

/** All of `verifications`, as inserted. */
export const verificationColumns = {
  ...stateColumns,
  tenant_id: 'text',
  created_at: 'bigint',
  expires_at: 'bigint',
  max_checks: 'integer',
  sealed_code: 'bytea',
  idempotency_key: 'text',
  live_key: 'bytea',
  updated_at: 'bigint',
} as const;

export const requestColumns = {
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
} as const;

export const attemptKey = ['verification_id', 'step', 'try'] as const;

/** The part of `attempts` that changes, and what a row is found by. */
export const movedColumns = {
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

/** All of `attempts`, as inserted. */
export const attemptColumns = {
  ...movedColumns,
  id: 'text',
  tenant_id: 'text',
  ordinal: 'integer',
  channel: 'text',
  provider: 'text',
  account: 'text',
  queued_at: 'bigint',
} as const;

export const eventColumns = {
  verification_id: 'text',
  tenant_id: 'text',
  type: 'text',
  attempt_id: 'text',
  at: 'bigint',
  detail: 'jsonb',
} as const;
