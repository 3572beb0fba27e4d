import type pg from 'pg';
import { query, withClient } from './with-client.ts';

/** One statement in somebody's name: the audit, which Postgres writes beside every change, says it was `actor`. */
export function queryAs<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  actor: string | undefined,
  statement: { readonly text: string; readonly values?: unknown[] },
): Promise<Row[]> {
  if (actor === undefined) return query<Row>(pool, statement);
  return withClient(pool, async (client) => {
    const [, , result] = await Promise.all([
      client.query('begin'),
      client.query(`select set_config('otp.actor', $1, true)`, [actor]),
      client.query<Row>(statement),
    ]);
    await client.query('commit');
    return result.rows;
  });
}
