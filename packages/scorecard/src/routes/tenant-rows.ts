import type pg from 'pg';

/** What a tenant's rows are, by table: a hash of all of them. When a key was last used does not count. */
export async function hashRows(database: pg.Pool, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const { table, column } of await tenantTables(database)) {
    const { rows } = await database.query<{ hash: string }>(
      `select md5(coalesce(string_agg(row, e'\\n' order by row), '')) as hash
        from (select (to_jsonb(t) - 'last_used_at')::text as row from otp.${table} t where t.${column} = $1) rows`,
      [tenantId],
    );
    hashes.set(table, rows[0]?.hash ?? '');
  }
  return hashes;
}

/** Everything in a tenant's rows that names something: ids of whatever kind, `perColumn` of each column at most. */
export async function idsOf(
  database: pg.Pool,
  tenantId: string,
  perColumn: number,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const { rows: columns } = await database.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'otp' and data_type = 'text' and table_name <> 'migrations'
        and (column_name in ('id', 'webhook', 'account', 'key_id', 'provider_ref') or column_name like '%\\_id')`,
  );
  const tables = new Map((await tenantTables(database)).map(({ table, column }) => [table, column]));
  for (const { table, column } of columns) {
    const { rows } = await database.query<{ id: string | null }>(
      `select distinct ${column} as id from otp.${table} where ${tables.get(table) ?? 'tenant_id'} = $1 order by 1 desc limit $2`,
      [tenantId, perColumn],
    );
    for (const { id } of rows) if (id) found.add(id);
  }
  return [...found];
}

async function tenantTables(database: pg.Pool): Promise<readonly { table: string; column: string }[]> {
  const { rows } = await database.query<{ table: string; column: string }>(
    `select t.tablename as table, case when t.tablename = 'tenants' then 'id' else 'tenant_id' end as column
      from pg_tables t where t.schemaname = 'otp' and t.tablename <> 'migrations' order by 1`,
  );
  return rows;
}
