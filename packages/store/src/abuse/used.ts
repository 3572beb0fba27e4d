import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { query } from '../with-client.ts';

/** A code that was used, as one key sees it: in the slot in which it was asked for. */
export interface Use {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly slot: number;
  readonly line: number | null;
}

const columns = { key: 'bytea', slot: 'bigint', tenant_id: 'text', line: 'integer' } as const;

const statement = {
  name: 'abuse-used',
  text: `insert into otp.abuse_traffic as t (key, slot, tenant_id, sends, converted, lines, used_lines)
    select r.key, r.slot, r.tenant_id, 0, count(*), '{}',
      coalesce(array_agg(r.line::smallint) filter (where r.line is not null), '{}')
    from ${unnest(columns)}
    group by r.key, r.slot, r.tenant_id order by r.key, r.slot, r.tenant_id
    on conflict (key, slot, tenant_id) do update set converted = t.converted + excluded.converted,
      used_lines = t.used_lines || excluded.used_lines`,
};

/** Notes that codes were used. */
export async function noteUsed(pool: pg.Pool, uses: readonly Use[]): Promise<void> {
  if (uses.length === 0) return;
  const rows = uses.map(({ key, slot, tenantId, line }) => ({ key, slot, tenant_id: tenantId, line }));
  await again(() => query(pool, { ...statement, values: arraysOf(columns, rows) }));
}
