/** What the rules against abuse have seen, what they hold against whom, and every decision they took. */
export const abuse = {
  name: '0007-abuse',
  sql: `
-- What was allowed before countries had to be opened stays allowed, and now it says so.
set local role otp_corridor;
update otp.tenants set config = config || '{"countries": "all"}' where not config ? 'countries';
reset role;

-- Codes asked for and used, by range of numbers and by country, in slots of time. Signals, not records: unlogged, since a
-- crash that forgets ten minutes of them lets through what those ten minutes would have told, and costs no WAL until then.
create unlogged table otp.abuse_traffic (
  -- A keyed hash of all but the last four digits (with them it would be a number), or 'c:DE', 'd:DE'.
  key bytea not null,
  slot bigint not null,
  tenant_id text not null,
  sends integer not null,
  converted integer not null,
  -- The last four digits of those numbers, and of those that used their code.
  lines smallint[] not null,
  used_lines smallint[] not null,
  primary key (key, slot, tenant_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index abuse_traffic_by_time on otp.abuse_traffic (slot);

create table otp.abuse_blocks (
  tenant_id text not null,
  key bytea not null,
  rule text not null,
  -- For people: '+4917012', 'DE', a masked recipient.
  name text not null,
  since bigint not null,
  until bigint not null,
  renewed_at bigint not null,
  detail jsonb not null,
  lifted_at bigint,
  primary key (tenant_id, key, rule)
);
create index abuse_blocks_by_end on otp.abuse_blocks (tenant_id, until);

-- Append-only. A request that no rule had anything to say about leaves no row: its verification is the record.
create table otp.abuse_decisions (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  at bigint not null,
  outcome text not null check (outcome in ('allowed', 'monitored', 'degraded', 'refused')),
  purpose text not null,
  recipient_masked text not null,
  country text,
  -- All but the last four digits.
  prefix text,
  -- What is left of the route, in order.
  channels text[] not null,
  source text not null check (source in ('http', 'queue')),
  reasons jsonb not null check (jsonb_typeof(reasons) = 'array')
);
create index abuse_decisions_of_tenant on otp.abuse_decisions (tenant_id, id);

-- What a day's messages cost, reserved before the provider is called; in millionths of the tenant's currency.
create table otp.spend (
  tenant_id text not null,
  -- The beginning of the day, UTC.
  day bigint not null,
  -- 'total', 'channel:sms', 'country:DE'.
  bucket text not null,
  spent bigint not null check (spent >= 0),
  messages integer not null,
  -- Messages that would have exceeded the cap and were not sent.
  withheld integer not null,
  primary key (tenant_id, day, bucket)
);

grant select on otp.spend to otp_tenant;
grant select, insert, update, delete on otp.spend to otp_corridor;
grant select on otp.abuse_traffic, otp.abuse_blocks, otp.abuse_decisions to otp_tenant;
grant select, insert, update, delete on otp.abuse_traffic, otp.abuse_blocks to otp_corridor;
grant select, insert, delete on otp.abuse_decisions to otp_corridor;
do $$
declare
  t text;
begin
  foreach t in array array['abuse_traffic', 'abuse_blocks', 'abuse_decisions', 'spend'] loop
    execute format('alter table otp.%I enable row level security, force row level security', t);
    execute format('create policy corridor on otp.%I to otp_corridor using (true) with check (true)', t);
    execute format(
      'create policy tenant on otp.%I for select to otp_tenant using (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
  end loop;
end $$;
`,
} as const;
