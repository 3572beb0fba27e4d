import type pg from 'pg';
import { withTenant } from '../with-tenant.ts';

/** Whom a tenant's verification goes to. */
export interface Addressee {
  /** `expired` as soon as its time is over, noticed or not. */
  readonly status: string;
  readonly delivery: string;
  readonly purpose: string;
  /** The addresses, sealed. */
  readonly sealedRecipient: Buffer;
  readonly recipientMasked: string;
  readonly mode: 'live' | 'test';
}

/** Undefined when the tenant has no such verification. */
export const addresseeOf = async (
  pool: pg.Pool,
  tenantId: string,
  id: string,
): Promise<Addressee | undefined> => {
  const [row] = await withTenant(pool, tenantId, (ask) =>
    ask<Addressee & { id: string }>(
      `select case when v.status = 'pending' and v.expires_at <= otp.now_ms() then 'expired' else v.status end as status,
        v.delivery, r.purpose, r.sealed_recipient as "sealedRecipient", r.recipient_masked as "recipientMasked", r.mode
        from otp.verifications v join otp.requests r using (tenant_id, id) where v.id = $1 and v.tenant_id = $2`,
      [id, tenantId],
    ),
  );
  return row;
};
