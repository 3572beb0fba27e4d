import type pg from 'pg';
import { withKeeper } from '../with-keeper.ts';
import type { SealedColumn } from './sealed-columns.ts';

/** A value as it is stored, and the row it belongs to. */
export interface SealedValue {
  readonly id: string;
  readonly sealed: Buffer;
}

/** The vault's layout: a byte for the format, two for the version of the key. An erased value is empty. */
const versionOf = (column: string): string =>
  `case when length(${column}) >= 3 then get_byte(${column}, 1) * 256 + get_byte(${column}, 2) end`;

/** How many values of a tenant each version of the key has sealed. */
export const countSealed = (
  pool: pg.Pool,
  tenantId: string,
  { table, column }: SealedColumn,
): Promise<readonly { readonly version: number; readonly count: number }[]> =>
  withKeeper(pool, tenantId, (ask) =>
    ask<{ version: number; count: number }>(
      `select ${versionOf(column)} as version, count(*) as count from otp.${table}
        where tenant_id = $1 and length(${column}) >= 3 group by 1 order by 1`,
      [tenantId],
    ),
  );

/** The next values of a tenant that another version than `current` sealed, by id. */
export const sealedWithOthers = (
  pool: pg.Pool,
  tenantId: string,
  { table, column }: SealedColumn,
  page: { readonly current: number; readonly after: string; readonly limit: number },
): Promise<SealedValue[]> =>
  withKeeper(pool, tenantId, (ask) =>
    ask<SealedValue & pg.QueryResultRow>(
      `select id, ${column} as sealed from otp.${table}
        where tenant_id = $1 and id > $2 and ${versionOf(column)} <> $3 order by id limit $4`,
      [tenantId, page.after, page.current, page.limit],
    ),
  );

/** Puts values sealed anew in the place of those they were made from, where these still stand; resolves to how many. */
export const putSealed = (
  pool: pg.Pool,
  tenantId: string,
  { table, column }: SealedColumn,
  values: readonly (SealedValue & { readonly anew: Buffer })[],
): Promise<number> =>
  withKeeper(pool, tenantId, async (ask) => {
    const rows = await ask(
      `update otp.${table} t set ${column} = r.anew
        from unnest($2::text[], $3::bytea[], $4::bytea[]) as r (id, sealed, anew)
        where t.tenant_id = $1 and t.id = r.id and t.${column} = r.sealed returning t.id`,
      [
        tenantId,
        values.map(({ id }) => id),
        values.map(({ sealed }) => sealed),
        values.map(({ anew }) => anew),
      ],
    );
    return rows.length;
  });
