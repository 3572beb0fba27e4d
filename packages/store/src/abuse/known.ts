import type pg from 'pg';
import { withTenant } from '../with-tenant.ts';

/** Whether a recipient has used a code of this tenant before: no robot has. Found by the index of recipients. */
export async function isKnown(pool: pg.Pool, tenantId: string, recipientKey: Buffer): Promise<boolean> {
  const rows = await withTenant(pool, tenantId, (ask) =>
    ask(
      `select 1 from otp.requests r join otp.verifications v using (tenant_id, id)
        where r.tenant_id = $1 and r.recipient_key = $2 and v.status = 'approved' limit 1`,
      [tenantId, recipientKey],
    ),
  );
  return rows.length > 0;
}
