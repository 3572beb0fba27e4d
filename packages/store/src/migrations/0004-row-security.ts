/**
 * Who may see what. FORCE: it binds the owner too, unless a superuser, so that what a connection sees is decided by its
 * role alone.
 */
export const rowSecurity = {
  name: '0004-row-security',
  sql: `
grant usage on schema otp to otp_corridor, otp_tenant;
grant select on all tables in schema otp to otp_tenant;
revoke all on otp.migrations from otp_tenant;

grant select, insert on
  otp.tenants, otp.accounts, otp.api_keys, otp.verifications, otp.requests, otp.attempts, otp.events, otp.receipts,
  otp.rejected_jobs, otp.unknown_failure_codes to otp_corridor;
grant update on
  otp.tenants, otp.accounts, otp.api_keys, otp.verifications, otp.attempts, otp.unknown_failure_codes to otp_corridor;
grant delete on otp.accounts to otp_corridor;

do $$
declare
  t record;
begin
  for t in select tablename from pg_tables where schemaname = 'otp' and tablename <> 'migrations' loop
    execute format('alter table otp.%I enable row level security, force row level security', t.tablename);
    execute format('create policy corridor on otp.%I to otp_corridor using (true) with check (true)', t.tablename);
    execute format(
      'create policy tenant on otp.%I for select to otp_tenant using (%I = current_setting(''otp.tenant_id'', true))',
      t.tablename, case t.tablename when 'tenants' then 'id' else 'tenant_id' end
    );
  end loop;
end $$;
`,
} as const;
