import { verificationIdOf } from '@otp-relay/core';
import type pg from 'pg';
import { query } from '../with-client.ts';

export interface FoundVerification {
  readonly id: string;
  readonly tenantId: string;
}

/** For operators: verifications of any tenant whose id, or whose attempt's id, begins like this; newest first, 20 at most. */
export function findVerifications(pool: pg.Pool, prefix: string): Promise<FoundVerification[]> {
  const id = verificationIdOf(prefix) ?? prefix.replace(/^att_([^_]*).*$/, 'vrf_$1');
  return query<FoundVerification>(pool, {
    // A range instead of `like`: it needs no escaping. "C" is the order of bytes, in which `~` follows all of an id.
    text: `select id, tenant_id as "tenantId" from otp.verifications
      where id collate "C" >= $1 and id collate "C" < $1 || '~' order by id desc limit 20`,
    values: [id],
  });
}
