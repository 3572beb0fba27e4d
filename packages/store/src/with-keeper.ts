import type pg from 'pg';
import { withClient } from './with-client.ts';
import type { Ask } from './with-tenant.ts';

/**
 * Runs `action` in a transaction that may delete and anonymise: row-level security lets it see and touch one tenant's rows and
 * nothing else, whatever the statements say.
 */
export const withKeeper = <T>(
  pool: pg.Pool,
  tenantId: string,
  action: (ask: Ask) => Promise<T>,
): Promise<T> => withClient(pool, (client) => keeping(client, tenantId, action));

/** As {@link withKeeper}, on a connection that is out already. */
export async function keeping<T>(
  client: pg.PoolClient,
  tenantId: string,
  action: (ask: Ask) => Promise<T>,
): Promise<T> {
  const ask: Ask = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await client.query<Row>(text, values)).rows;
  await Promise.all([
    client.query('begin'),
    client.query('set local role otp_keeper'),
    client.query(`select set_config('otp.tenant_id', $1, true)`, [tenantId]),
  ]);
  const result = await action(ask);
  await client.query('commit');
  return result;
}
