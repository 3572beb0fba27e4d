/**
 * What was asked and what became of it. A verification is split by how it lives: `verifications` holds what changes (a
 * narrow row is what makes a batch cheap), `requests` what was asked and is frozen. No foreign keys between them and
 * `attempts`: one statement writes all three, and nothing deletes one without the others.
 */
export const verifications = {
  name: '0002-verifications',
  sql: `
create table otp.verifications (
  id text primary key check (id ~ '^vrf_[0-9a-z]{26}$'),
  tenant_id text not null,
  status text not null check (status in ('pending', 'approved', 'denied', 'expired', 'canceled')),
  delivery text not null check (
    delivery in ('queued', 'sending', 'awaiting', 'delivered', 'unconfirmed', 'exhausted', 'stopped')
  ),
  phone text not null check (phone in ('present', 'absent', 'invalid')),
  email text not null check (email in ('present', 'absent', 'invalid')),
  current_id text,
  step_started_at bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  deadline_at bigint,
  bell_at bigint,
  failed_checks integer not null,
  max_checks integer not null,
  sealed_code bytea,
  idempotency_key text,
  live_key bytea,
  updated_at bigint not null,
  constraint expires_after_creation check (expires_at > created_at),
  constraint final_has_no_deadline check ((status <> 'pending') = (deadline_at is null)),
  constraint final_has_no_code check ((status <> 'pending') = (sealed_code is null)),
  constraint final_has_no_bell check (status = 'pending' or bell_at is null),
  constraint deadline_within_life check (deadline_at <= expires_at),
  constraint approved_is_delivered check (status <> 'approved' or delivery = 'delivered'),
  constraint final_is_at_rest check (status = 'pending' or delivery not in ('queued', 'sending', 'awaiting')),
  constraint in_flight_has_attempt check (delivery not in ('queued', 'sending', 'awaiting') or current_id is not null),
  constraint failed_checks_in_bounds check (failed_checks between 0 and max_checks),
  constraint max_checks_sane check (max_checks between 1 and 100)
);
create unique index verifications_idempotency on otp.verifications (tenant_id, idempotency_key)
  where idempotency_key is not null;
create unique index verifications_live on otp.verifications (tenant_id, live_key)
  where status = 'pending' and live_key is not null;
create index verifications_deadline on otp.verifications (deadline_at) where deadline_at is not null;

create table otp.requests (
  id text primary key,
  tenant_id text not null,
  purpose text not null check (purpose in ('sign_up', 'auth', 'password_reset', 'payment', 'signature')),
  steps jsonb not null check (jsonb_typeof(steps) = 'array'),
  sealed_recipient bytea not null,
  recipient_masked text not null,
  -- Keyed hash of the address: finds a person's verifications without storing the address.
  recipient_key bytea not null,
  code_mac bytea not null,
  locale text not null,
  calling_code text,
  country text,
  context jsonb,
  mode text not null check (mode in ('live', 'test')),
  source text not null check (source in ('http', 'queue')),
  request_hash bytea not null
);
-- Ids begin with their instant, so this is also the order of time.
create index requests_of_tenant on otp.requests (tenant_id, id);
create index requests_of_recipient on otp.requests (tenant_id, recipient_key, id);

create table otp.attempts (
  verification_id text not null,
  step smallint not null check (step >= 0),
  try smallint not null check (try >= 1),
  id text primary key,
  tenant_id text not null,
  -- Its place among the verification's attempts.
  ordinal smallint not null,
  channel text not null check (channel in ('whatsapp', 'sms', 'rcs', 'voice', 'email')),
  provider text not null,
  account text not null,
  state text not null check (
    state in ('queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'rejected', 'undelivered',
              'timed_out', 'uncertain', 'skipped', 'suppressed')
  ),
  claim text,
  skip_reason text,
  failure_kind text,
  failure_scope text,
  failure_code text,
  failure_detail text,
  provider_ref text,
  queued_at bigint not null,
  sending_at bigint,
  accepted_at bigint,
  sent_at bigint,
  delivered_at bigint,
  read_at bigint,
  ended_at bigint,
  constraint one_try_per_step unique (verification_id, step, try),
  constraint skipped_has_reason check ((state = 'skipped') = (skip_reason is not null)),
  constraint failed_has_failure check (state not in ('rejected', 'undelivered') or failure_kind is not null),
  constraint failure_has_scope check ((failure_kind is null) = (failure_scope is null)),
  constraint code_belongs_to_failure check (failure_kind is not null or (failure_code is null and failure_detail is null)),
  constraint sending_has_claim check ((claim is null) = (sending_at is null)),
  constraint granted_before_sent check (state not in ('sending', 'uncertain') or claim is not null),
  constraint reached_has_instant check (
    case state when 'accepted' then accepted_at when 'sent' then sent_at when 'delivered' then delivered_at
      when 'read' then read_at else 0 end is not null
  ),
  constraint over_has_end check (
    case when state in ('rejected', 'undelivered', 'timed_out', 'skipped', 'suppressed') then ended_at is not null
      when state = 'uncertain' then true
      else ended_at is null end
  )
) with (fillfactor = 80);
create index attempts_provider_ref on otp.attempts (tenant_id, account, provider_ref) where provider_ref is not null;
create index attempts_by_time on otp.attempts using brin (queued_at);

-- The timeline. Append-only: no role is granted update or delete.
create table otp.events (
  verification_id text not null,
  seq bigint generated always as identity,
  tenant_id text not null,
  type text not null,
  attempt_id text,
  at bigint not null,
  detail jsonb not null,
  primary key (verification_id, seq)
);
`,
} as const;
