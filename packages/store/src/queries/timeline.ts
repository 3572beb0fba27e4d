import type { TimelineEntry } from '@otp-relay/core';
import type pg from 'pg';
import { withTenant } from '../with-tenant.ts';

/** What happened to a verification of a tenant, in order; empty when the tenant has none with this id. */
export const timelineOf = (pool: pg.Pool, tenantId: string, id: string): Promise<TimelineEntry[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<TimelineEntry & Record<string, unknown>>(
      `select type, attempt_id as "attemptId", at, detail from otp.events
        where tenant_id = $2 and verification_id = $1 order by seq`,
      [id, tenantId],
    ),
  );
