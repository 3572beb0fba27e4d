import type pg from 'pg';
import { withClient } from './with-client.ts';

/** Asks one question; resolves to its rows. */
export type Ask = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

/**
 * Runs `action` in a read-only transaction in which row-level security shows one tenant's rows and nothing else, whatever
 * the statements say.
 */
export function withTenant<T>(pool: pg.Pool, tenantId: string, action: (ask: Ask) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    const ask: Ask = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows;
    const [, , , result] = await Promise.all([
      client.query('begin read only'),
      client.query('set local role otp_tenant'),
      client.query(`select set_config('otp.tenant_id', $1, true)`, [tenantId]),
      action(ask),
    ]);
    await client.query('commit');
    return result;
  });
}
