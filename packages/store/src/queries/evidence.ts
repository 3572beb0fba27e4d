import type pg from 'pg';
import { firstIdAt } from '../first-id-at.ts';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** One link of a chain, as stored. */
export interface StoredEvidence {
  readonly sequence: number;
  readonly verificationId: string;
  readonly record: string;
  readonly hash: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
}

export const evidenceColumns = `sequence, verification_id as "verificationId", record, hash, key_id as "keyId", signature`;

/** Approved signatures asked for since then that no chain holds yet, oldest first. */
export const signaturesToSeal = (
  pool: pg.Pool,
  { since, limit }: { readonly since: number; readonly limit: number },
): Promise<{ readonly tenantId: string; readonly id: string }[]> =>
  query(pool, {
    name: 'signatures-to-seal',
    text: `select v.tenant_id as "tenantId", v.id from otp.verifications v join otp.requests r using (tenant_id, id)
      where r.purpose = 'signature' and v.id >= $1 and v.status = 'approved'
        and not exists (
          select 1 from otp.evidence e where e.tenant_id = v.tenant_id and e.verification_id = v.id
        )
      order by v.id limit $2`,
    values: [firstIdAt(since), limit],
  });

/** A stretch of a tenant's chain, in its order, from a sequence on. */
export const listEvidence = (
  pool: pg.Pool,
  tenantId: string,
  { mode, from, limit }: { readonly mode: 'live' | 'test'; readonly from: number; readonly limit: number },
): Promise<StoredEvidence[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<StoredEvidence & pg.QueryResultRow>(
      `select ${evidenceColumns} from otp.evidence
        where tenant_id = $4 and mode = $1 and sequence >= $2 order by sequence limit $3`,
      [mode, from, limit, tenantId],
    ),
  );

/** The public keys (32 bytes, base64url) that ever signed evidence here, newest first. */
export async function listEvidenceKeys(pool: pg.Pool): Promise<string[]> {
  const rows = await query<{ x: string }>(pool, {
    name: 'evidence-keys',
    text: 'select x from otp.evidence_keys group by x order by min(first_used_at) desc',
  });
  return rows.map(({ x }) => x);
}
