import type pg from 'pg';
import { storeFaultOf } from './store-fault.ts';

/** Runs `action` on one connection. What it throws becomes a `StoreFault`, and its transaction is rolled back. */
export async function withClient<T>(
  pool: pg.Pool,
  action: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeFaultOf(error);
  });
  try {
    const result = await action(client);
    client.release();
    return result;
  } catch (error) {
    const fault = storeFaultOf(error);
    // When even the rollback gets no answer the connection is of no use to anyone.
    await client.query('rollback').then(
      () => client.release(),
      (unanswered: Error) => client.release(unanswered),
    );
    throw fault;
  }
}

/** One statement on its own. `name` makes it a prepared statement: give one to what runs often, and never to two texts. */
export const query = <Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: { readonly name?: string; readonly text: string; readonly values?: unknown[] },
): Promise<Row[]> => withClient(pool, async (client) => (await client.query<Row>(statement)).rows);
