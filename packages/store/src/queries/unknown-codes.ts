import type pg from 'pg';
import { storable } from '../ledger/storable.ts';
import { query } from '../with-client.ts';

/** A failure code that no table of ours maps yet. */
export interface UnknownCode {
  readonly tenantId: string;
  readonly provider: string;
  readonly code: string;
}

export interface UnknownCodeCount extends UnknownCode {
  readonly count: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** Counts one sighting. */
export async function countUnknownCode(
  pool: pg.Pool,
  { tenantId, provider, code }: UnknownCode,
): Promise<void> {
  await query(pool, {
    text: `insert into otp.unknown_failure_codes as u (tenant_id, provider, code, count, first_seen_at, last_seen_at)
      select $1, $2, $3, 1, now, now from (select otp.now_ms() as now) clock
      on conflict (tenant_id, provider, code)
      do update set count = u.count + 1, last_seen_at = excluded.last_seen_at`,
    values: [tenantId, provider, storable(code)],
  });
}

/** What to map next: the most frequent first. */
export const listUnknownCodes = (pool: pg.Pool): Promise<UnknownCodeCount[]> =>
  query(pool, {
    text: `select tenant_id as "tenantId", provider, code, count, first_seen_at as "firstSeenAt",
        last_seen_at as "lastSeenAt"
      from otp.unknown_failure_codes order by count desc, provider, code`,
  });
