import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** Requests that were turned away. */
export interface Refusal {
  readonly tenantId: string;
  /** The problem's code. */
  readonly code: string;
  /** The name of the window, or `cool_down`. */
  readonly limit: string;
  /** The bucket; empty when it is the whole tenant. */
  readonly subject: Buffer;
  /** What people may see of whom it concerns: masked. */
  readonly shown: string;
  /** How many times. */
  readonly count: number;
}

/** Refusals of one kind within one hour. */
export interface RefusalCount extends Refusal {
  /** When the hour began, ms since 1970. */
  readonly hour: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

const columns = {
  tenant_id: 'text',
  code: 'text',
  limit_name: 'text',
  subject: 'bytea',
  shown: 'text',
  count: 'bigint',
} as const;

/** Counts refusals, by the hour. */
export async function recordRefusals(pool: pg.Pool, refusals: readonly Refusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const rows = refusals.map((it) => ({
    tenant_id: it.tenantId,
    code: it.code,
    limit_name: it.limit,
    subject: it.subject,
    shown: it.shown,
    count: it.count,
  }));
  await again(() =>
    query(pool, {
      name: 'refusals-record',
      text: `insert into otp.refusals as f (tenant_id, hour, code, limit_name, subject, shown, count, first_at, last_at)
        select tenant_id, now - now % 3600000, code, limit_name, subject, min(shown), sum(r.count)::bigint, now, now
          from ${unnest(columns)}, (select otp.now_ms() as now) clock
          group by tenant_id, now, code, limit_name, subject order by tenant_id, code, limit_name, subject
        on conflict (tenant_id, hour, code, limit_name, subject)
        do update set count = f.count + excluded.count, last_at = excluded.last_at`,
      values: arraysOf(columns, rows),
    }),
  );
}

/** What a tenant was refused since an instant (ms since 1970), the newest hour first, of `subjects` only when given. */
export const listRefusals = (
  pool: pg.Pool,
  tenantId: string,
  options: { readonly since: number; readonly subjects?: readonly Buffer[]; readonly limit: number },
): Promise<RefusalCount[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<RefusalCount>(
      `select tenant_id as "tenantId", hour, code, limit_name as "limit", subject, shown, count,
          first_at as "firstAt", last_at as "lastAt"
        from otp.refusals
        where tenant_id = $1 and hour > $2::bigint - 3600000 and last_at >= $2 and ($3::bytea[] is null or subject = any($3))
        order by hour desc, count desc, code limit $4`,
      [tenantId, options.since, options.subjects ?? null, options.limit],
    ),
  );
