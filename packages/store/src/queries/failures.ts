import type { Channel, FailureKind } from '@otp-relay/core';
import type pg from 'pg';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** One reason why attempts failed. */
export interface FailureCount {
  readonly channel: Channel;
  readonly provider: string;
  /** `timed_out` and `uncertain`: the provider never told. */
  readonly kind: FailureKind | 'timed_out' | 'uncertain';
  /** The provider's own code. */
  readonly code: string | null;
  /** ISO 3166 alpha-2. */
  readonly country: string | null;
  readonly count: number;
  /** All attempts that were sent on this channel and provider to this country. */
  readonly attempts: number;
  /** `count / attempts`, 0 to 1. */
  readonly share: number;
}

/** The window function counts the attempts of a country before the outer query keeps only those that failed. */
const text = `with tried as (
    select a.channel, a.provider, r.country, a.failure_code as code, coalesce(a.failure_kind, a.state) as kind,
      a.state in ('rejected', 'undelivered', 'timed_out', 'uncertain') as failed,
      count(*) over (partition by a.channel, a.provider, r.country) as attempts
    from otp.attempts a join otp.requests r on r.tenant_id = a.tenant_id and r.id = a.verification_id
    where a.queued_at >= $1 and a.sending_at is not null and ($2::text is null or a.tenant_id = $2)
  )
  select channel, provider, kind, code, country, count(*) as count, attempts, count(*)::float8 / attempts as share
  from tried where failed group by channel, provider, kind, code, country, attempts
  order by count(*) desc, channel, provider, kind, code, country`;

/** Why attempts queued since an instant failed, most frequent first: of one tenant, or (operators only) of all with null. */
export const failuresSince = (
  pool: pg.Pool,
  tenantId: string | null,
  since: number,
): Promise<FailureCount[]> =>
  tenantId === null
    ? query<FailureCount>(pool, { text, values: [since, null] })
    : withTenant(pool, tenantId, (ask) => ask<FailureCount>(text, [since, tenantId]));
