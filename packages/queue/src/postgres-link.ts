import {
  type BackendFactory,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  Queue,
} from 'bullmq';
import { createDeadline } from './deadline.ts';
import type { OnFault } from './on-fault.ts';
import type { PostgresBackend } from './queue-backend.ts';
import type { QueueLink } from './queue-link.ts';
import { queueNames } from './queue-names.ts';
import { eventStreamLength, producerTimeoutMs } from './settings.ts';

// Both call BullMQ's own SQL function, found through the search_path BullMQ pins on its pool: one commit for all ids,
// where `queue.remove` would pay one each. The function answers 0 for a job that is active or gone.
const removeSql = 'SELECT remove($1, id, false) FROM unnest($2::text[]) AS t(id)';
const removeFailedSql = `
  SELECT id FROM (
    SELECT id, remove($1, id, false) AS removed FROM job
     WHERE queue = $1 AND id = ANY($2::text[]) AND state = 'failed') AS t
   WHERE removed = 1`;

/** One small pool for all queues. A Postgres that is away at the very first connect stays away: the process must restart. */
export function openPostgresLink(backend: PostgresBackend, onFault: OnFault): QueueLink {
  const connection = new PostgresConnection({
    connectionString: backend.url,
    schema: backend.schema ?? 'bullmq',
    migrate: backend.migrate ?? true,
    max: 4,
    connectionTimeoutMillis: producerTimeoutMs,
    application_name: '',
  });
  connection.on('error', (fault: Error) => onFault(fault, { queue: '*' }));

  // `false`: the connection belongs to the link and outlives each queue's `close`.
  const borrow: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (name, opts) =>
    new PostgresQueueBackend(connection, name, opts, false);

  const queues = new Map(
    queueNames.map((name) => {
      const opts = { connection: connection.pool, streams: { events: { maxLen: eventStreamLength } } };
      const queue = new Queue(name, opts, borrow);
      queue.on('error', (fault) => onFault(fault, { queue: name }));
      // Only the type of the backend differs; callers see plain BullMQ queues whatever is behind them.
      return [name, queue as unknown as Queue] as const;
    }),
  );

  return {
    queues,

    async ready(timeoutMs) {
      const deadline = createDeadline(timeoutMs, 'Postgres did not answer');
      await Promise.race([connection.waitUntilReady(), deadline.expired]).finally(deadline.clear);
    },

    async remove(name, ids) {
      await connection.waitUntilReady();
      await connection.pool.query(removeSql, [name, ids]);
    },

    async removeFailed(name, ids) {
      await connection.waitUntilReady();
      const { rows } = await connection.pool.query<{ id: string }>(removeFailedSql, [name, ids]);
      return rows.map((row) => row.id);
    },

    close: () => connection.close(),
  };
}
