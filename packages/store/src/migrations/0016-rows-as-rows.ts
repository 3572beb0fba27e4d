/**
 * How rows of many columns travel to the server: as one array of a composite type, not as an array per column (ADR 0022).
 * Their attributes stand in the order of the program's columns. None is ever changed, because an older process may still
 * send it; a column more is another type.
 */
export const rowsAsRows = {
  name: '0016-rows-as-rows',
  sql: `
create type otp.new_verification as (
  id text, status text, delivery text, phone text, email text, current_id text, step_started_at bigint,
  deadline_at bigint, bell_at bigint, failed_checks integer, tenant_id text, created_at bigint, expires_at bigint,
  max_checks integer, sealed_code bytea, idempotency_key text, live_key bytea, updated_at bigint
);
create type otp.new_request as (
  id text, tenant_id text, purpose text, steps jsonb, sealed_recipient bytea, recipient_masked text,
  recipient_key bytea, code_mac bytea, locale text, calling_code text, country text, context jsonb, mode text,
  source text, request_hash bytea
);
create type otp.new_attempt as (
  verification_id text, step integer, try integer, state text, claim text, skip_reason text, failure_kind text,
  failure_scope text, failure_code text, failure_detail text, provider_ref text, sending_at bigint,
  accepted_at bigint, sent_at bigint, delivered_at bigint, read_at bigint, ended_at bigint, id text, tenant_id text,
  ordinal integer, channel text, provider text, account text, queued_at bigint
);
create type otp.new_event as (
  verification_id text, tenant_id text, type text, attempt_id text, at bigint, detail jsonb
);
create type otp.changed_state as (
  id text, status text, delivery text, phone text, email text, current_id text, step_started_at bigint,
  deadline_at bigint, bell_at bigint, failed_checks integer, version integer
);
create type otp.changed_attempt as (
  verification_id text, step integer, try integer, state text, claim text, skip_reason text, failure_kind text,
  failure_scope text, failure_code text, failure_detail text, provider_ref text, sending_at bigint,
  accepted_at bigint, sent_at bigint, delivered_at bigint, read_at bigint, ended_at bigint
);
create type otp.new_receipt as (
  tenant_id text, account text, dedup_key text, provider text, attempt_id text, provider_ref text, status text,
  at bigint, raw jsonb
);
create type otp.bucket as (tenant_id text, key bytea, kind text, state jsonb, spent_at bigint);
create type otp.new_outbox_event as (
  tenant_id text, id text, webhook text, type text, verification_id text, at bigint, data jsonb, due_at bigint
);
`,
} as const;
