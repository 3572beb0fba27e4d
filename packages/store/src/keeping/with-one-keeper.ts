import type pg from 'pg';
import { withClient } from '../with-client.ts';

/** `keep` in ASCII. Whoever holds it is the only one who deletes; it ends with the connection. */
const lockKey = 0x6b656570;

/**
 * Runs `action` unless another process is at it; undefined then. The lock belongs to the connection `action` is given, so that
 * a process that dies in the middle of it keeps nobody waiting.
 */
export function withOneKeeper<T>(
  pool: pg.Pool,
  action: (client: pg.PoolClient) => Promise<T>,
): Promise<T | undefined> {
  return withClient(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      lockKey,
    ]);
    if (rows[0]?.mine !== true) return undefined;
    try {
      return await action(client);
    } finally {
      await client.query('rollback').catch(() => undefined);
      await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    }
  });
}
