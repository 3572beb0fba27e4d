import type pg from 'pg';
import { withKeeper } from '../with-keeper.ts';

/** What counters, limits and rules may know a person by. */
export interface PersonKeys {
  readonly tenantId: string;
  /** Keyed hashes of the address, of every use. */
  readonly keys: readonly Buffer[];
  /** The address masked, as people see it. */
  readonly masked: string;
  /** All but the last four digits of a phone number, as decisions show it; null for a mailbox. */
  readonly prefix: string | null;
  /** The address itself, lower-case: a calling service may have made ids of it. */
  readonly address: string;
}

/** Deletes what counts a person's requests and checks, and takes the masked address out of decisions; resolves to how many rows. */
export const eraseCounters = (pool: pg.Pool, person: PersonKeys): Promise<number> =>
  withKeeper(pool, person.tenantId, async (ask) => {
    const [row] = await ask<{ count: number }>(
      `with failures as (
          delete from otp.check_failures where tenant_id = $1 and recipient_key = any($2::bytea[]) returning 1
        ), declined as (
          delete from otp.declined_channels where tenant_id = $1 and recipient_key = any($2::bytea[]) returning 1
        ), buckets as (
          delete from otp.buckets where tenant_id = $1 and key = any($2::bytea[]) returning 1
        ), refusals as (
          delete from otp.refusals where tenant_id = $1 and subject = any($2::bytea[]) returning 1
        ), blocks as (
          delete from otp.abuse_blocks where tenant_id = $1
            and rule = any(array(select 'not_requested:' || encode(k, 'hex') from unnest($2::bytea[]) k)) returning 1
        ), decisions as (
          -- Not keyed: others whose number begins and ends alike lose their last two digits too, and no figure changes.
          update otp.abuse_decisions set recipient_masked = '[erased]', prefix = null
          where tenant_id = $1 and strpos(lower(recipient_masked), lower($3)) > 0
            and (prefix is null or $4::text is null or prefix = $4) returning 1
        ), rejected as (
          delete from otp.rejected_jobs where tenant_id = $1 and strpos(lower(job_id), $5) > 0 returning 1
        )
        select (select count(*) from failures) + (select count(*) from declined) + (select count(*) from buckets)
          + (select count(*) from refusals) + (select count(*) from blocks) + (select count(*) from decisions)
          + (select count(*) from rejected) as count`,
      [person.tenantId, person.keys, person.masked, person.prefix, person.address],
    );
    return row?.count ?? 0;
  });
