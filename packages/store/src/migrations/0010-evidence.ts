/**
 * Approved signatures, one chain per tenant and mode: every record holds the hash of the one before it. Append-only like
 * the timeline, and without a foreign key: evidence outlives the verification it tells of.
 */
export const evidence = {
  name: '0010-evidence',
  sql: `
create table otp.evidence (
  tenant_id text not null,
  mode text not null check (mode in ('live', 'test')),
  sequence bigint not null check (sequence >= 1),
  verification_id text not null,
  -- Canonical JSON (RFC 8785): the very bytes that are hashed and signed.
  record text not null,
  hash bytea not null,
  key_id text not null,
  signature bytea not null check (octet_length(signature) = 64),
  sealed_at bigint not null default otp.now_ms(),
  primary key (tenant_id, mode, sequence),
  constraint one_evidence_per_verification unique (tenant_id, verification_id),
  constraint hash_of_record check (hash = sha256(convert_to(record, 'UTF8')))
);

-- Public halves of every key that signed for a tenant: they outlive the ring, or old evidence could not be checked.
create table otp.evidence_keys (
  tenant_id text not null,
  key_id text not null,
  -- 32 bytes, base64url.
  x text not null check (x ~ '^[A-Za-z0-9_-]{43}$'),
  first_used_at bigint not null default otp.now_ms(),
  primary key (tenant_id, key_id)
);

-- Costs nothing where nobody signs.
create index requests_signatures on otp.requests (id) where purpose = 'signature';

do $$
declare
  t text;
begin
  foreach t in array array['evidence', 'evidence_keys'] loop
    execute format('alter table otp.%I enable row level security, force row level security', t);
    execute format('create policy corridor on otp.%I to otp_corridor using (true) with check (true)', t);
    execute format(
      'create policy tenant on otp.%I for select to otp_tenant using (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
    execute format('grant select, insert on otp.%I to otp_corridor', t);
    execute format('grant select on otp.%I to otp_tenant', t);
  end loop;
end $$;
`,
} as const;
