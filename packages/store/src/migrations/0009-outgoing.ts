/** What tenants are told: their webhooks, and the events that wait for them or were delivered. */
export const outgoing = {
  name: '0009-outgoing',
  sql: `
create table otp.webhooks (
  tenant_id text not null references otp.tenants (id) on delete cascade,
  id text not null,
  url text not null,
  -- Null: every type.
  events text[],
  -- What its calls are signed with, as JSON sealed by the vault; made when first needed.
  sealed_secrets bytea,
  state text not null default 'enabled' check (state in ('enabled', 'disabled')),
  disabled_reason text,
  disabled_at bigint,
  -- Calls in a row that came to nothing, and since when.
  failures integer not null default 0 check (failures >= 0),
  failing_since bigint,
  rests_until bigint not null default 0,
  updated_at bigint not null default otp.now_ms(),
  primary key (tenant_id, id),
  constraint disabled_has_reason check ((state = 'disabled') = (disabled_reason is not null and disabled_at is not null)),
  constraint failing_has_instant check ((failures = 0) = (failing_since is null))
);

-- The webhooks of a tenant are part of its configuration: whoever writes that, even by hand, writes them, in one commit.
create function otp.keep_webhooks() returns trigger language plpgsql as $$
declare
  wanted jsonb := coalesce(new.config -> 'webhooks', '[]'::jsonb);
begin
  delete from otp.webhooks w where w.tenant_id = new.id
    and not exists (select from jsonb_array_elements(wanted) e where e ->> 'id' = w.id);
  insert into otp.webhooks as w (tenant_id, id, url, events)
    select new.id, e ->> 'id', e ->> 'url',
      case when jsonb_typeof(e -> 'events') = 'array' then array(select jsonb_array_elements_text(e -> 'events')) end
    from jsonb_array_elements(wanted) e
    on conflict (tenant_id, id) do update set url = excluded.url, events = excluded.events, updated_at = otp.now_ms(),
      -- Another address deserves another chance.
      state = case when w.url = excluded.url then w.state else 'enabled' end,
      disabled_reason = case when w.url = excluded.url then w.disabled_reason end,
      disabled_at = case when w.url = excluded.url then w.disabled_at end,
      failures = case when w.url = excluded.url then w.failures else 0 end,
      failing_since = case when w.url = excluded.url then w.failing_since end,
      rests_until = case when w.url = excluded.url then w.rests_until else 0 end
    where (w.url, w.events) is distinct from (excluded.url, excluded.events);
  return null;
end $$;
create trigger webhooks after insert or update of config on otp.tenants
  for each row execute function otp.keep_webhooks();
-- How its calls go changes often, and concerns no cache.
create trigger tell after insert or delete or update of url, events, state on otp.webhooks
  for each row execute function otp.tell_tenant_changed();

-- One row for each event and webhook, written in the commit of the change it tells of. Holds no code and no address.
create table otp.outbox (
  tenant_id text not null,
  id text not null check (id ~ '^evt_[0-9a-z]{26}$'),
  webhook text not null,
  type text not null,
  verification_id text not null,
  at bigint not null,
  data jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  tries integer not null default 0,
  -- When it is to be tried (again); while it is being tried: when whoever tries it counts as dead.
  due_at bigint not null,
  last_at bigint,
  last_status integer,
  last_failure text,
  primary key (tenant_id, id, webhook)
) with (fillfactor = 80);
create index outbox_due on otp.outbox (tenant_id, webhook, due_at) where state = 'pending';
create index outbox_by_time on otp.outbox using brin (at);

grant select on otp.webhooks, otp.outbox to otp_tenant;
grant select, insert, update, delete on otp.webhooks, otp.outbox to otp_corridor;

do $$
declare
  t text;
begin
  foreach t in array array['webhooks', 'outbox'] loop
    execute format('alter table otp.%I enable row level security, force row level security', t);
    execute format('create policy corridor on otp.%I to otp_corridor using (true) with check (true)', t);
    execute format(
      'create policy tenant on otp.%I for select to otp_tenant using (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
  end loop;
end $$;
`,
} as const;
