import type pg from 'pg';
import { firstIdAt } from '../first-id-at.ts';
import { keeping, withKeeper } from '../with-keeper.ts';
import type { Ask } from '../with-tenant.ts';
import { withOneKeeper } from './with-one-keeper.ts';

/** Until when a tenant's rows are kept, ms since 1970: what is older goes. */
export interface Cutoffs {
  readonly tenantId: string;
  readonly verificationsBefore: number;
  readonly receiptsBefore: number;
}

/** How many rows of each kind went, or would. */
export interface Deleted {
  readonly verifications: number;
  readonly receipts: number;
  readonly rejectedJobs: number;
}

export interface DeleteOptions {
  readonly cutoffs: readonly Cutoffs[];
  /** Rows of a kind per transaction. */
  readonly batch: number;
  /** Told after every batch. */
  readonly onBatch?: (tenantId: string, soFar: Deleted) => void;
  readonly signal?: AbortSignal;
}

const none: Deleted = { verifications: 0, receipts: 0, rejectedJobs: 0 };
/** Ids carry the clock of the process that made them, rows that of Postgres. */
const clockSlackMs = 3_600_000;

/**
 * Deletes what is older than its tenant keeps it, in short transactions, each bound to one tenant. Verifications still under
 * way stay, however old. Resolves to what went, by tenant; undefined when another process is at it.
 */
export function deleteOld(
  pool: pg.Pool,
  { cutoffs, batch, onBatch, signal }: DeleteOptions,
): Promise<ReadonlyMap<string, Deleted> | undefined> {
  return withOneKeeper(pool, async (client) => {
    const all = new Map<string, Deleted>();
    for (const cutoff of cutoffs) {
      let total = none;
      for (let full = true; full && !signal?.aborted; ) {
        const gone = await keeping(client, cutoff.tenantId, (ask) => deleteBatch(ask, cutoff, batch));
        total = sum(total, gone);
        full = Object.values(gone).some((count) => count >= batch);
        if (Object.values(gone).some((count) => count > 0)) onBatch?.(cutoff.tenantId, total);
      }
      all.set(cutoff.tenantId, total);
    }
    return all;
  });
}

const sum = (one: Deleted, other: Deleted): Deleted => ({
  verifications: one.verifications + other.verifications,
  receipts: one.receipts + other.receipts,
  rejectedJobs: one.rejectedJobs + other.rejectedJobs,
});

const oldVerifications = `select r.id from otp.requests r join otp.verifications v using (tenant_id, id)
  where r.tenant_id = $1 and r.id < $2 and v.created_at < $3 and v.status <> 'pending'`;

/** A verification goes with all that hangs on it. Evidence stays: it outlives what it tells of, and holds no address. */
const deleteVerifications = `with old as (${oldVerifications} order by r.id limit $4),
  tried as (
    delete from otp.attempts where tenant_id = $1 and verification_id in (select id from old) returning id
  ), reported as (
    delete from otp.receipts where tenant_id = $1 and attempt_id in (select id from tried)
  ), told as (
    delete from otp.events where tenant_id = $1 and verification_id in (select id from old)
  ), answered as (
    delete from otp.feedback where tenant_id = $1 and verification_id in (select id from old)
  ), asked as (
    delete from otp.requests where tenant_id = $1 and id in (select id from old)
  ), gone as (
    delete from otp.verifications where tenant_id = $1 and id in (select id from old) returning 1
  )
  select count(*) as count from gone`;

const deleteReceipts = `with gone as (
    delete from otp.receipts where tenant_id = $1 and ctid = any (array(
      select ctid from otp.receipts where tenant_id = $1 and received_at < $2 limit $3)) returning 1
  )
  select count(*) as count from gone`;

/** Those that named no tenant go with the first one whose time is up. */
const deleteRejectedJobs = `with gone as (
    delete from otp.rejected_jobs where id = any (array(
      select id from otp.rejected_jobs where (tenant_id = $1 or tenant_id is null) and at < $2 order by id limit $3))
    returning 1
  )
  select count(*) as count from gone`;

const deleteOutbox = `delete from otp.outbox where tenant_id = $1 and state <> 'pending' and ctid = any (array(
  select ctid from otp.outbox where tenant_id = $1 and at < $2 limit $3))`;

const yearMs = 365 * 86_400_000;
/** What somebody got wrong in a row holds them back until a right code; after a year without any it holds nobody. */
const deleteFailures = `delete from otp.check_failures where tenant_id = $1 and updated_at < $2
  and (in_row = 0 or updated_at < $2 - ${yearMs}::bigint)`;

const deleteDeclined = 'delete from otp.declined_channels where tenant_id = $1 and until_at < otp.now_ms()';

async function deleteBatch(ask: Ask, cutoff: Cutoffs, batch: number): Promise<Deleted> {
  const { tenantId, verificationsBefore, receiptsBefore } = cutoff;
  const verifications = await ask<Count>(deleteVerifications, [
    tenantId,
    firstIdAt(verificationsBefore + clockSlackMs),
    verificationsBefore,
    batch,
  ]);
  const receipts = await ask<Count>(deleteReceipts, [tenantId, receiptsBefore, batch]);
  const rejectedJobs = await ask<Count>(deleteRejectedJobs, [tenantId, verificationsBefore, batch]);
  await ask(deleteOutbox, [tenantId, verificationsBefore, batch]);
  await ask(deleteDeclined, [tenantId]);
  await ask(deleteFailures, [tenantId, verificationsBefore]);
  return {
    verifications: verifications[0]?.count ?? 0,
    receipts: receipts[0]?.count ?? 0,
    rejectedJobs: rejectedJobs[0]?.count ?? 0,
  };
}

type Count = { count: number };

/** What {@link deleteOld} would delete of one tenant now. */
export const countOld = (pool: pg.Pool, cutoff: Cutoffs): Promise<Deleted> =>
  withKeeper(pool, cutoff.tenantId, async (ask) => {
    const { tenantId, verificationsBefore, receiptsBefore } = cutoff;
    const [counts] = await ask<{ verifications: number; receipts: number; rejectedJobs: number }>(
      `select (select count(*) from (${oldVerifications}) old) as verifications,
        (select count(*) from otp.receipts where tenant_id = $1 and received_at < $4) as receipts,
        (select count(*) from otp.rejected_jobs where (tenant_id = $1 or tenant_id is null) and at < $3) as "rejectedJobs"`,
      [tenantId, firstIdAt(verificationsBefore + clockSlackMs), verificationsBefore, receiptsBefore],
    );
    return counts ?? none;
  });
