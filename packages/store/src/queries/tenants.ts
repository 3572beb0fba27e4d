import type pg from 'pg';
import { queryAs } from '../with-actor.ts';
import { query } from '../with-client.ts';

export interface StoredTenant {
  readonly id: string;
  readonly name: string;
  /** As it was put; whoever reads it parses it. */
  readonly config: unknown;
  /** Counts the changes. */
  readonly version: number;
  /** ms since 1970. */
  readonly updatedAt: number;
}

export type PutTenant =
  | { readonly kind: 'stored'; readonly version: number; readonly changed: boolean }
  /** Somebody else put a newer version than the one this change was based on. */
  | { readonly kind: 'conflict'; readonly version: number };

const columns = 'id, name, config, version, updated_at as "updatedAt"';

export async function getTenant(pool: pg.Pool, id: string): Promise<StoredTenant | undefined> {
  const rows = await query<StoredTenant>(pool, {
    text: `select ${columns} from otp.tenants where id = $1`,
    values: [id],
  });
  return rows[0];
}

export const listTenants = (pool: pg.Pool): Promise<StoredTenant[]> =>
  query<StoredTenant>(pool, { text: `select ${columns} from otp.tenants order by id` });

/** Creates or replaces a tenant, in the name of `actor`. With `basedOn`, only if that is still its version (0: only if it is new). */
export async function putTenant(
  pool: pg.Pool,
  tenant: { readonly id: string; readonly name: string; readonly config: unknown },
  basedOn?: number,
  actor?: string,
): Promise<PutTenant> {
  const rows = await queryAs<{ version: number; changed: boolean }>(pool, actor, {
    // One statement: the row lock of the upsert decides between two writers.
    text: `insert into otp.tenants as t (id, name, config)
      select $1, $2, $3::jsonb
      where coalesce($4::int, 0) = 0 or exists (select from otp.tenants where id = $1)
      on conflict (id) do update set name = excluded.name, config = excluded.config,
        version = t.version + 1, updated_at = otp.now_ms()
      where (t.name, t.config) is distinct from (excluded.name, excluded.config)
        and ($4 is null or t.version = $4)
      returning version, true as changed`,
    values: [tenant.id, tenant.name, JSON.stringify(tenant.config), basedOn ?? null],
  });
  const written = rows[0];
  if (written) return { kind: 'stored', ...written };
  const current = await getTenant(pool, tenant.id);
  const version = current?.version ?? 0;
  return basedOn === undefined || basedOn === version
    ? { kind: 'stored', version, changed: false }
    : { kind: 'conflict', version };
}
