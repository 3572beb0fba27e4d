import type { Verification } from '@otp-relay/core';
import type pg from 'pg';
import {
  attemptsById,
  type StoredAttempt,
  type StoredVerification,
  storedColumns,
  verificationOf,
} from '../ledger/read-rows.ts';
import { type Ask, withTenant } from '../with-tenant.ts';

/** A verification as people may see it: nothing sealed, no hash, a masked address. Instants in ms since 1970. */
export interface VerificationView {
  readonly verification: Verification;
  readonly recipientMasked: string;
  readonly callingCode: string | null;
  readonly country: string | null;
  readonly locale: string;
  readonly mode: 'live' | 'test';
  readonly source: 'http' | 'queue';
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One verification of a tenant with its attempts; undefined when the tenant has none with this id. */
export const getVerification = (
  pool: pg.Pool,
  tenantId: string,
  id: string,
): Promise<VerificationView | undefined> => withTenant(pool, tenantId, (ask) => viewOf(ask, tenantId, id));

async function viewOf(ask: Ask, tenantId: string, id: string): Promise<VerificationView | undefined> {
  type Row = StoredVerification & { recipient_masked: string; source: 'http' | 'queue'; updated_at: number };
  const [found, attempts] = await Promise.all([
    ask<Row>(
      `select ${storedColumns}, r.recipient_masked, r.source, v.updated_at
        from otp.verifications v join otp.requests r using (tenant_id, id)
        where v.tenant_id = $2 and v.id = $1`,
      [id, tenantId],
    ),
    ask<StoredAttempt>(
      'select * from otp.attempts where tenant_id = $2 and verification_id = $1 order by ordinal',
      [id, tenantId],
    ),
  ]);
  const row = found[0];
  if (!row) return undefined;
  return {
    verification: verificationOf(row, attemptsById(attempts).get(id) ?? []),
    recipientMasked: row.recipient_masked,
    callingCode: row.calling_code,
    country: row.country,
    locale: row.locale,
    mode: row.mode,
    source: row.source,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
