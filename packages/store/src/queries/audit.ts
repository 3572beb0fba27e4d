import type pg from 'pg';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** One change somebody made: of a tenant, an account, an API key, or of what is kept about people. */
export interface AuditEntry {
  readonly id: number;
  readonly tenantId: string;
  /** ms since 1970. */
  readonly at: number;
  /** `operator`, `key_…` (an API key), `cli:<user>`, `worker`, or `database:<user>` for a change by hand. */
  readonly actor: string;
  /** `tenant_changed`, `account_created`, `key_revoked`, `recipient_erased` … */
  readonly action: string;
  /** The id of what was changed; of a person never the address. */
  readonly subject: string;
  /** Names of fields and counts, never a value of a credential. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A tenant's audit, newest first; `before` is the `id` the last page ended with. */
export const listAudit = (
  pool: pg.Pool,
  tenantId: string,
  { before, limit = 50 }: { readonly before?: number; readonly limit?: number } = {},
): Promise<AuditEntry[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<AuditEntry & pg.QueryResultRow>(
      `select id, tenant_id as "tenantId", at, actor, action, subject, detail from otp.audit
        where tenant_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
      [tenantId, before ?? null, Math.min(limit, 500)],
    ),
  );

/** Notes what no row of a tenant, an account or a key shows: those are noted by Postgres itself. */
export async function recordAudit(
  pool: pg.Pool,
  entry: Pick<AuditEntry, 'tenantId' | 'actor' | 'action' | 'subject' | 'detail'>,
): Promise<void> {
  await query(pool, {
    text: 'insert into otp.audit (tenant_id, actor, action, subject, detail) values ($1, $2, $3, $4, $5::jsonb)',
    values: [entry.tenantId, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail)],
  });
}
