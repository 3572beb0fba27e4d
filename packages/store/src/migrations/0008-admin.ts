/**
 * Who changed what: a row beside every change of a tenant, an account or an API key, in the same commit, whoever made it.
 * And the role that forgets: `otp_keeper` deletes, anonymises and seals anew, one tenant at a time.
 */
export const admin = {
  name: '0008-admin',
  sql: `
create table otp.audit (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  at bigint not null default otp.now_ms(),
  -- 'operator', 'key_…' (an API key), 'cli:<user>', or 'database:<user>' when somebody wrote by hand.
  actor text not null,
  action text not null,
  -- The id of what was changed; of a person never the address.
  subject text not null,
  -- Names of fields and counts, never a value of a credential.
  detail jsonb not null
);
create index audit_of_tenant on otp.audit (tenant_id, id);

-- The dotted paths at which two documents differ; a list is one value.
create function otp.changed_paths(before jsonb, after jsonb, path text default '') returns text[]
  language plpgsql immutable as $$
declare
  name text;
  found text[] := '{}';
begin
  if jsonb_typeof(before) is distinct from 'object' or jsonb_typeof(after) is distinct from 'object' then
    return case when before is distinct from after then array[path] else found end;
  end if;
  for name in select distinct k from (select jsonb_object_keys(before) as k union select jsonb_object_keys(after)) keys order by k loop
    found := found || otp.changed_paths(before -> name, after -> name, case path when '' then name else path || '.' || name end);
  end loop;
  return found;
end $$;

create function otp.audit_change() returns trigger language plpgsql as $$
declare
  was jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
  now jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
  shown jsonb := case when tg_op = 'DELETE' then was else now end;
  hidden constant text[] := '{hash,sealed_credentials,updated_at,version,last_used_at,created_at}';
  paths text[];
begin
  -- Sealing anew changes no credential; the keeper writes one line for all of it.
  if current_user = 'otp_keeper' then return null; end if;
  paths := otp.changed_paths(was - hidden, now - hidden);
  if was -> 'sealed_credentials' is distinct from now -> 'sealed_credentials' then paths := paths || 'credentials'::text; end if;
  if tg_op = 'UPDATE' and paths = '{}' then return null; end if;
  insert into otp.audit (tenant_id, actor, action, subject, detail) values (
    coalesce(shown ->> 'tenant_id', shown ->> 'id'),
    coalesce(nullif(current_setting('otp.actor', true), ''), 'database:' || session_user),
    tg_argv[0] || case
      when tg_op = 'INSERT' then '_created'
      when tg_op = 'DELETE' then '_removed'
      when tg_argv[0] = 'key' and now ->> 'revoked_at' is not null and was ->> 'revoked_at' is null then '_revoked'
      else '_changed' end,
    shown ->> 'id',
    case
      when tg_op = 'DELETE' then '{}'
      when tg_argv[0] = 'key' and tg_op = 'INSERT' then
        jsonb_build_object('name', now -> 'name', 'mode', now -> 'mode', 'scopes', now -> 'scopes', 'expiresAt', now -> 'expires_at')
      else jsonb_build_object('fields', to_jsonb(paths)) end
  );
  return null;
end $$;
create trigger audit after insert or update or delete on otp.tenants
  for each row execute function otp.audit_change('tenant');
create trigger audit after insert or update or delete on otp.accounts
  for each row execute function otp.audit_change('account');
create trigger audit after insert or delete or update of revoked_at, expires_at, scopes, name, mode on otp.api_keys
  for each row execute function otp.audit_change('key');

-- The apps look whether the schema is theirs; they need not own it.
grant select on otp.migrations to otp_corridor;

grant select on otp.audit to otp_tenant;
grant select, insert on otp.audit to otp_corridor, otp_keeper;
alter table otp.audit enable row level security, force row level security;
create policy corridor on otp.audit to otp_corridor using (true) with check (true);
create policy tenant on otp.audit for select to otp_tenant using (tenant_id = current_setting('otp.tenant_id', true));

-- Whoever forgets, forgets for one tenant: row security binds the keeper as it binds a tenant's reads.
grant usage on schema otp to otp_keeper;
grant select on otp.tenants, otp.accounts, otp.api_keys, otp.verifications, otp.requests, otp.attempts, otp.events,
  otp.receipts, otp.rejected_jobs, otp.unknown_failure_codes to otp_keeper;
grant update on otp.accounts, otp.verifications, otp.requests, otp.attempts, otp.events to otp_keeper;
grant delete on otp.verifications, otp.requests, otp.attempts, otp.events, otp.receipts, otp.rejected_jobs to otp_keeper;
do $$
declare
  t text;
begin
  foreach t in array array['tenants', 'accounts', 'api_keys', 'verifications', 'requests', 'attempts', 'events', 'receipts',
    'rejected_jobs', 'unknown_failure_codes', 'audit'] loop
    execute format(
      'create policy keeper on otp.%I to otp_keeper using (%2$I = current_setting(''otp.tenant_id'', true)) with check (%2$I = current_setting(''otp.tenant_id'', true))',
      t, case t when 'tenants' then 'id' else 'tenant_id' end
    );
  end loop;
end $$;
-- Jobs that named no tenant belong to none; whoever keeps any tenant may let them go.
create policy keeper_of_strangers on otp.rejected_jobs for all to otp_keeper using (tenant_id is null);
`,
} as const;
