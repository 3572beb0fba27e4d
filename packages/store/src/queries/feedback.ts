import type pg from 'pg';
import { query } from '../with-client.ts';

/** What a tenant says became of one of its verifications: `undefined` when it has said nothing. */
export async function getFeedback(pool: pg.Pool, tenantId: string, id: string): Promise<boolean | undefined> {
  const rows = await query<{ converted: boolean }>(pool, {
    text: 'select converted from otp.feedback where tenant_id = $1 and verification_id = $2',
    values: [tenantId, id],
  });
  return rows[0]?.converted;
}

/** Remembers it; what is said last counts. A verification of another tenant is not touched. */
export async function putFeedback(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  converted: boolean,
): Promise<void> {
  await query(pool, {
    text: `insert into otp.feedback as f (verification_id, tenant_id, converted)
      select id, tenant_id, $3 from otp.verifications where tenant_id = $1 and id = $2
      on conflict (verification_id) do update set converted = excluded.converted, at = otp.now_ms()`,
    values: [tenantId, id, converted],
  });
}
