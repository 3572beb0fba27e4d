/**
 * What a change of a row touches. A row whose indexed columns stay as they are is written without touching any index
 * ("heap-only tuple"), if its page has room; three of the four changes of an ordinary verification can be so.
 */
export const lighterWrites = {
  name: '0014-lighter-writes',
  sql: `
-- The deadline moves by a little with every event. Its index holds the four seconds it lies in, which seldom change; the
-- statement that reads it compares the deadline itself, too.
drop index otp.verifications_deadline;
alter table otp.verifications
  add column sweep_from bigint generated always as (deadline_at - deadline_at % 4096) stored;
create index verifications_sweep on otp.verifications (sweep_from) where sweep_from is not null;

-- Room for the changes that follow an insert within seconds.
alter table otp.verifications set (fillfactor = 50);
alter table otp.attempts set (fillfactor = 50);

-- A regular expression was half of what all constraints cost.
alter table otp.verifications
  drop constraint verifications_id_check,
  add constraint id_is_ours check (starts_with(id, 'vrf_') and length(id) = 30);

-- An attempt's id is made of its place, so its place alone has to be unique.
alter table otp.attempts
  drop constraint attempts_pkey,
  drop constraint one_try_per_step,
  add constraint one_try_per_step primary key (verification_id, step, try),
  add constraint id_tells_place check (id = 'att_' || substr(verification_id, 5) || '_' || step || '_' || try);

-- A copy of a receipt is about the same attempt as the first one; an index for both, and one for those about none of ours.
drop index otp.receipts_of_attempt;
alter table otp.receipts drop constraint receipts_pkey;
create unique index receipts_of_attempt on otp.receipts (attempt_id, tenant_id, account, dedup_key)
  where attempt_id is not null;
create unique index receipts_of_others on otp.receipts (tenant_id, account, dedup_key) where attempt_id is null;

-- A request is only ever looked for as its tenant's.
drop index otp.requests_of_tenant;
alter table otp.requests drop constraint requests_pkey, add primary key (tenant_id, id);
`,
} as const;
