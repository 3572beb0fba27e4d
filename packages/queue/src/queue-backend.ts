/**
 * Where the queues live. Redis for production and scale; Postgres where one server has to be enough.
 *
 * - `prefix` namespaces all Redis keys (BullMQ's own default, `bull`, so that any BullMQ producer finds `otp`).
 * - `schema` is the Postgres schema of the job tables (default `bullmq`). It is created and migrated on connect, under an
 *   advisory lock, unless `migrate` is false because the role may not create schemas.
 */
export type QueueBackend =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix?: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema?: string; readonly migrate?: boolean };

export type RedisBackend = Extract<QueueBackend, { kind: 'redis' }>;
export type PostgresBackend = Extract<QueueBackend, { kind: 'postgres' }>;
