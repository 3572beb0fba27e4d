/** The keeper's rights on what other parts keep: what it deletes or anonymises, and what it may only look at. */
export const keeping = {
  name: '0012-keeping',
  sql: `
grant select, delete on otp.buckets, otp.refusals, otp.abuse_blocks, otp.outbox to otp_keeper;
grant select, update on otp.abuse_decisions, otp.webhooks to otp_keeper;
grant select on otp.evidence to otp_keeper;
do $$
declare
  t text;
begin
  foreach t in array array['buckets', 'refusals', 'abuse_blocks', 'abuse_decisions', 'outbox', 'webhooks', 'evidence'] loop
    execute format(
      'create policy keeper on otp.%I to otp_keeper using (tenant_id = current_setting(''otp.tenant_id'', true)) with check (tenant_id = current_setting(''otp.tenant_id'', true))', t
    );
  end loop;
end $$;
`,
} as const;
