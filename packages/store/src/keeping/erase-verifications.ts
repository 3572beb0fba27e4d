import type pg from 'pg';
import { withKeeper } from '../with-keeper.ts';

/** What was changed or deleted. */
export interface ErasedRows {
  readonly verifications: number;
  readonly attempts: number;
  readonly entries: number;
  readonly receipts: number;
}

/** What of a timeline's details says nothing about a person. */
const harmless = [
  'channel',
  'provider',
  'account',
  'state',
  'kind',
  'code',
  'scope',
  'step',
  'try',
  'by',
  'reason',
  'status',
  'delivery',
];

/**
 * Takes the person out of verifications that are over: addresses, hashes, keys of the caller, what was paid or signed, the
 * provider's names of the messages and its words about them. What remains is a figure: when, over which channel, how it ended.
 * Those still under way are left alone.
 */
export const eraseVerifications = (
  pool: pg.Pool,
  tenantId: string,
  ids: readonly string[],
): Promise<ErasedRows> =>
  withKeeper(pool, tenantId, async (ask) => {
    const [erased] = await ask<{ [Name in keyof ErasedRows]: number }>(
      `with over as (
          update otp.verifications set idempotency_key = null, live_key = null, version = version + 1
          where tenant_id = $1 and id = any($2::text[]) and status <> 'pending' returning id
        ), asked as (
          update otp.requests r set sealed_recipient = '', recipient_masked = '[erased]', recipient_key = '',
            request_hash = '',
            -- What was signed is still to be written into its evidence, when it was approved this very moment.
            context = case when r.purpose = 'signature' and not exists (
              select from otp.evidence e where e.tenant_id = $1 and e.verification_id = r.id) then r.context end
          where r.tenant_id = $1 and r.id in (select id from over)
        ), named as (
          select id, account, provider_ref from otp.attempts
          where tenant_id = $1 and verification_id in (select id from over)
        ), reported as (
          delete from otp.receipts c using named n where c.tenant_id = $1
            and (c.attempt_id = n.id
              or (c.attempt_id is null and c.account = n.account and c.provider_ref = n.provider_ref)) returning 1
        ), tried as (
          update otp.attempts set provider_ref = null, failure_detail = null
          where tenant_id = $1 and verification_id in (select id from over) returning 1
        ), told as (
          update otp.events e set detail = coalesce(
            (select jsonb_object_agg(k, d) from jsonb_each(e.detail) as kept (k, d) where k = any($3::text[])), '{}')
          where e.tenant_id = $1 and e.verification_id in (select id from over) returning 1
        )
        select (select count(*) from over) as verifications, (select count(*) from tried) as attempts,
          (select count(*) from told) as entries, (select count(*) from reported) as receipts`,
      [tenantId, ids, harmless],
    );
    return erased ?? { verifications: 0, attempts: 0, entries: 0, receipts: 0 };
  });
