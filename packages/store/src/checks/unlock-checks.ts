import type pg from 'pg';
import { query } from '../with-client.ts';

export interface Unlock {
  readonly tenantId: string;
  readonly recipientKey: Buffer;
  readonly purpose: string;
  /** Who unlocks, for the audit: `cli:<user>`, `operator`, `key_…`. */
  readonly by: string;
}

/** What an unlock wiped out. */
export interface Unlocked {
  readonly inRow: number;
  /** Within the last 24 hours. */
  readonly inDay: number;
}

/** Forgets a recipient's failures for one purpose, and records who did; undefined when there were none. */
export async function unlockChecks(pool: pg.Pool, unlock: Unlock): Promise<Unlocked | undefined> {
  const rows = await query<{ inRow: number; inDay: number }>(pool, {
    text: `with wiped as (
        delete from otp.check_failures where tenant_id = $1 and recipient_key = $2 and purpose = $3
          and (in_row > 0 or recent <> '{}')
        returning in_row, (select count(*) from unnest(recent) as at where at > otp.now_ms() - 86400000)::int as in_day
      ), told as (
        insert into otp.audit (tenant_id, actor, action, subject, detail)
        select $1, $4, 'recipient_unlocked', left(encode($2, 'hex'), 16),
          jsonb_build_object('purpose', $3::text, 'inRow', in_row, 'inDay', in_day) from wiped
      )
      select in_row as "inRow", in_day as "inDay" from wiped`,
    values: [unlock.tenantId, unlock.recipientKey, unlock.purpose, unlock.by],
  });
  return rows[0];
}
