/** What guards codes against guessing, and what people said about channels and outcomes. */
export const checks = {
  name: '0005-checks',
  sql: `
-- A try is given out here, and committed, before a guess is compared; the corridor never writes these two.
alter table otp.verifications
  add column reserved_checks integer not null default 0,
  add column refused_checks bigint not null default 0,
  add constraint reserved_checks_in_bounds check (reserved_checks between 0 and max_checks);

-- What one recipient got wrong for one purpose, whichever verification it was.
create table otp.check_failures (
  tenant_id text not null,
  recipient_key bytea not null,
  purpose text not null,
  -- Since the last right one, or the last unlock.
  in_row integer not null default 0 check (in_row >= 0),
  -- When, those of the last 24 hours.
  recent bigint[] not null default '{}',
  updated_at bigint not null default otp.now_ms(),
  primary key (tenant_id, recipient_key, purpose)
);

-- Guesses at verifications that are not there: counted, so that they cost what the others cost.
create table otp.unknown_checks (
  tenant_id text primary key,
  count bigint not null,
  last_at bigint not null
);

-- "I have no WhatsApp": left out for this recipient until then.
create table otp.declined_channels (
  tenant_id text not null,
  recipient_key bytea not null,
  channel text not null,
  until_at bigint not null,
  primary key (tenant_id, recipient_key, channel)
);
create index on otp.declined_channels (tenant_id, until_at);

-- What a tenant says became of a verification elsewhere.
create table otp.feedback (
  verification_id text primary key,
  tenant_id text not null,
  converted boolean not null,
  at bigint not null default otp.now_ms()
);
create index on otp.feedback (tenant_id, at);

grant select, insert, update, delete on
  otp.check_failures, otp.unknown_checks, otp.declined_channels, otp.feedback to otp_corridor;
grant select on otp.check_failures, otp.unknown_checks, otp.declined_channels, otp.feedback to otp_tenant;
grant select, update, delete on otp.check_failures, otp.declined_channels, otp.feedback to otp_keeper;

do $$
declare
  t text;
begin
  foreach t in array array['check_failures', 'unknown_checks', 'declined_channels', 'feedback'] loop
    execute format('alter table otp.%I enable row level security, force row level security', t);
    execute format('create policy corridor on otp.%I to otp_corridor using (true) with check (true)', t);
    execute format(
      'create policy tenant on otp.%I for select to otp_tenant using (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
    execute format(
      'create policy keeper on otp.%I to otp_keeper using (tenant_id = current_setting(''otp.tenant_id'', true)) with check (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
  end loop;
end $$;
`,
} as const;
