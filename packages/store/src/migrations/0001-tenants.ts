/** Who sends: tenants, their provider accounts, their API keys. */
export const tenants = {
  name: '0001-tenants',
  sql: `
-- Instants are bigint: ms since 1970, as everywhere in the code. otp.at() shows one to people.
create function otp.at(ms bigint) returns timestamptz
  language sql immutable parallel safe return to_timestamp(ms / 1000.0);
create function otp.now_ms() returns bigint
  language sql volatile parallel safe return floor(extract(epoch from clock_timestamp()) * 1000)::bigint;

create table otp.tenants (
  id text primary key,
  name text not null,
  config jsonb not null,
  version integer not null default 1 check (version > 0),
  updated_at bigint not null default otp.now_ms()
);

create table otp.accounts (
  tenant_id text not null,
  id text not null,
  provider text not null,
  settings jsonb not null,
  -- The credentials as JSON, sealed by the vault.
  sealed_credentials bytea not null,
  updated_at bigint not null default otp.now_ms(),
  primary key (tenant_id, id),
  foreign key (tenant_id) references otp.tenants (id)
);

create table otp.api_keys (
  id text primary key,
  tenant_id text not null references otp.tenants (id),
  hash bytea not null unique,
  name text not null,
  mode text not null check (mode in ('live', 'test')),
  scopes text[] not null,
  created_at bigint not null default otp.now_ms(),
  expires_at bigint check (expires_at > created_at),
  revoked_at bigint,
  last_used_at bigint
);
create index on otp.api_keys (tenant_id);

-- Whoever changes a tenant, even by hand, empties the caches of all processes.
create function otp.tell_tenant_changed() returns trigger language plpgsql as $$
declare
  changed jsonb := to_jsonb(coalesce(new, old));
begin
  perform pg_notify('otp_tenants', coalesce(changed ->> 'tenant_id', changed ->> 'id'));
  return null;
end $$;
create trigger tell after insert or update or delete on otp.tenants
  for each row execute function otp.tell_tenant_changed();
create trigger tell after insert or update or delete on otp.accounts
  for each row execute function otp.tell_tenant_changed();
`,
} as const;
