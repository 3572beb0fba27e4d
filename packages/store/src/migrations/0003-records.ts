/** What came in from outside and is kept as evidence: receipts, refused jobs, failure codes nobody knew. */
export const records = {
  name: '0003-records',
  sql: `
create table otp.receipts (
  tenant_id text not null,
  account text not null,
  dedup_key text not null,
  provider text not null,
  attempt_id text,
  provider_ref text,
  status text not null check (status in ('sent', 'delivered', 'read', 'failed')),
  -- The provider's instant.
  at bigint,
  received_at bigint not null default otp.now_ms(),
  raw jsonb not null,
  primary key (tenant_id, account, dedup_key)
);
create index receipts_of_attempt on otp.receipts (attempt_id) where attempt_id is not null;
create index receipts_by_time on otp.receipts using brin (received_at);

-- Jobs of the public intake that could not be read. Never their payload: it may hold anything.
create table otp.rejected_jobs (
  id bigint generated always as identity primary key,
  tenant_id text,
  job_id text,
  problems jsonb not null,
  at bigint not null default otp.now_ms()
);

create table otp.unknown_failure_codes (
  tenant_id text not null,
  provider text not null,
  code text not null,
  count bigint not null check (count > 0),
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (tenant_id, provider, code)
);
`,
} as const;
