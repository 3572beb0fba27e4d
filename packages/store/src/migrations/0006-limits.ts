/** What limits remember, and what they refused. */
export const limits = {
  name: '0006-limits',
  sql: `
create table otp.buckets (
  tenant_id text not null,
  -- Keyed hash of what is limited: a recipient, an address, a device. Never the thing itself.
  key bytea not null,
  kind text not null,
  -- See core, limits: hits one by one, or sums by window.
  state jsonb not null,
  -- From then on the state means nothing, ms since 1970.
  spent_at bigint not null,
  primary key (tenant_id, key)
) with (fillfactor = 80);
-- Rows are made in about the order in which they are spent; an index by row would cost every taking a write.
create index buckets_by_time on otp.buckets using brin (spent_at) with (pages_per_range = 32, autosummarize = on);

-- Refused requests by the hour: an attack of a million requests is a few rows.
create table otp.refusals (
  tenant_id text not null,
  hour bigint not null,
  code text not null,
  limit_name text not null,
  -- Key of the bucket; empty when it is the whole tenant.
  subject bytea not null,
  -- What people may see of whom it concerns.
  shown text not null,
  count bigint not null check (count > 0),
  first_at bigint not null,
  last_at bigint not null,
  primary key (tenant_id, hour, code, limit_name, subject)
);
create index refusals_by_time on otp.refusals using brin (hour);

grant select, insert, update, delete on otp.buckets, otp.refusals to otp_corridor;
grant select on otp.buckets, otp.refusals to otp_tenant;
alter table otp.buckets enable row level security, force row level security;
alter table otp.refusals enable row level security, force row level security;
create policy corridor on otp.buckets to otp_corridor using (true) with check (true);
create policy corridor on otp.refusals to otp_corridor using (true) with check (true);
create policy tenant on otp.buckets for select to otp_tenant using (tenant_id = current_setting('otp.tenant_id', true));
create policy tenant on otp.refusals for select to otp_tenant using (tenant_id = current_setting('otp.tenant_id', true));
`,
} as const;
