import type { BucketState } from '@otp-relay/core';
import type pg from 'pg';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** A bucket as it is stored. */
export interface StoredBucket {
  readonly key: Buffer;
  readonly kind: string;
  readonly state: BucketState;
  /** ms since 1970. */
  readonly spentAt: number;
}

/** The buckets of one tenant that anything was taken from, of the keys given. */
export const lookAtBuckets = (
  pool: pg.Pool,
  tenantId: string,
  keys: readonly Buffer[],
): Promise<StoredBucket[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<StoredBucket & { key: Buffer }>(
      `select key, kind, state, spent_at as "spentAt" from otp.buckets
        where tenant_id = $1 and key = any($2::bytea[])`,
      [tenantId, keys],
    ),
  );

/** Empties buckets of one tenant; resolves to how many there were. */
export async function resetBuckets(
  pool: pg.Pool,
  tenantId: string,
  keys: readonly Buffer[],
): Promise<number> {
  const gone = await query(pool, {
    text: 'delete from otp.buckets where tenant_id = $1 and key = any($2::bytea[]) returning 1',
    values: [tenantId, keys],
  });
  return gone.length;
}
