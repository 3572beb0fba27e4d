import type pg from 'pg';
import { storable, storableJson } from '../ledger/storable.ts';
import { query } from '../with-client.ts';

/** A job of the public intake that could not be read. Never its payload: it may hold anything. */
export interface RejectedJob {
  readonly tenantId: string | null;
  readonly jobId: string | null;
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
}

export async function recordRejectedJob(pool: pg.Pool, job: RejectedJob): Promise<void> {
  await query(pool, {
    text: 'insert into otp.rejected_jobs (tenant_id, job_id, problems) values ($1, $2, $3::jsonb)',
    values: [storableOrNull(job.tenantId), storableOrNull(job.jobId), storableJson(job.problems)],
  });
}

const storableOrNull = (text: string | null): string | null => (text === null ? null : storable(text));

/** The latest ones, newest first. */
export const listRejectedJobs = (
  pool: pg.Pool,
  limit: number,
): Promise<(RejectedJob & { readonly at: number })[]> =>
  query(pool, {
    text: `select tenant_id as "tenantId", job_id as "jobId", problems, at from otp.rejected_jobs
      order by id desc limit $1`,
    values: [limit],
  });
