import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** What a rule holds against a range of numbers, a country or a recipient, until when. */
export interface AbuseBlock {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly rule: string;
  /** For people: `+4917012`, `DE`, or a masked recipient. */
  readonly name: string;
  /** ms since 1970. */
  readonly until: number;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export interface StoredBlock extends AbuseBlock {
  readonly since: number;
  readonly renewedAt: number;
}

const columns = {
  tenant_id: 'text',
  key: 'bytea',
  rule: 'text',
  name: 'text',
  until: 'bigint',
  detail: 'jsonb',
} as const;

/** One that is over, or was lifted, begins anew; one that stands is prolonged, never shortened. */
const statement = {
  name: 'abuse-block',
  text: `insert into otp.abuse_blocks as b (tenant_id, key, rule, name, since, until, renewed_at, detail)
    select distinct on (r.tenant_id, r.key, r.rule) r.tenant_id, r.key, r.rule, r.name, $7::bigint, r.until, $7, r.detail
    from ${unnest(columns)} order by r.tenant_id, r.key, r.rule, r.until desc
    on conflict (tenant_id, key, rule) do update set
      since = case when b.until > $7 and b.lifted_at is null then b.since else excluded.since end,
      until = greatest(b.until, excluded.until), renewed_at = excluded.renewed_at, detail = excluded.detail, lifted_at = null`,
};

/** Puts blocks up, or prolongs them. `now` in ms since 1970. */
export async function putBlocks(pool: pg.Pool, blocks: readonly AbuseBlock[], now: number): Promise<void> {
  if (blocks.length === 0) return;
  const rows = blocks.map(({ tenantId, key, rule, name, until, detail }) => ({
    tenant_id: tenantId,
    key,
    rule,
    name,
    until,
    detail: JSON.stringify(detail),
  }));
  await again(() => query(pool, { ...statement, values: [...arraysOf(columns, rows), now] }));
}

/** What stands against whom, the newest first. */
export const listBlocks = (pool: pg.Pool, tenantId: string): Promise<StoredBlock[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<StoredBlock>(
      `select tenant_id as "tenantId", key, rule, name, since, until, renewed_at as "renewedAt", detail
        from otp.abuse_blocks where tenant_id = $1 and until > otp.now_ms() and lifted_at is null
        order by since desc, name, rule`,
      [tenantId],
    ),
  );

/** Lifts what stands against a name as people see it; resolves to how many blocks that were. */
export async function liftBlocks(pool: pg.Pool, tenantId: string, name: string): Promise<number> {
  const lifted = await query(pool, {
    text: `update otp.abuse_blocks set lifted_at = otp.now_ms(), until = least(until, otp.now_ms())
      where tenant_id = $1 and name = $2 and until > otp.now_ms() and lifted_at is null returning 1`,
    values: [tenantId, name],
  });
  return lifted.length;
}
