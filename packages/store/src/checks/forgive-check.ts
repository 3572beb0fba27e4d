import type pg from 'pg';
import { query } from '../with-client.ts';

/** A try that was counted as a failure and was right. */
export interface RightCheck {
  readonly tenantId: string;
  readonly recipientKeys: readonly Buffer[];
  readonly purpose: string;
  readonly countedAt: number;
  /** The one that was approved ends the row of failures; a right one that came second only takes itself back. */
  readonly approved: boolean;
}

/** Takes a right try back out of the recipient's failures. What came before it on the same day still counts. */
export async function forgiveCheck(pool: pg.Pool, check: RightCheck): Promise<void> {
  await query(pool, {
    name: 'checks-forgive',
    text: `update otp.check_failures set
        in_row = case when $5 then 0 else greatest(in_row - 1, 0) end,
        recent = recent[:array_position(recent, $4::bigint) - 1] || recent[array_position(recent, $4::bigint) + 1:],
        updated_at = otp.now_ms()
      where tenant_id = $1 and recipient_key = any($2::bytea[]) and purpose = $3 and $4::bigint = any(recent)`,
    values: [check.tenantId, check.recipientKeys, check.purpose, check.countedAt, check.approved],
  });
}
