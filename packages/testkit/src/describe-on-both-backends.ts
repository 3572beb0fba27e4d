import type * as Jest from '@jest/globals';
import { describeWithRedis } from './describe-with-redis.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';

/** Where a suite's queues live: the shape `createProducer` and `createConsumer` take. */
export type TestBackend =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
  | { readonly kind: 'postgres'; readonly url: string };

/**
 * Registers the same suite twice: once on Redis, once on Postgres. `backend()` is usable in hooks and tests; `kind` is
 * known at once, for what need not run twice.
 */
export function describeOnBothBackends(
  name: string,
  fn: (backend: () => TestBackend, kind: TestBackend['kind']) => void,
): void {
  describeWithRedis(`${name} on Redis`, (redis) => {
    fn(() => ({ kind: 'redis', url: redis().url, prefix: redis().prefix }), 'redis');
  });

  const { describe, beforeAll, afterAll } = globalThis as unknown as Pick<
    typeof Jest,
    'describe' | 'beforeAll' | 'afterAll'
  >;
  describe(`${name} on Postgres`, () => {
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      database = await testDatabase();
    }, 90_000);
    fn(() => {
      if (!database)
        throw new Error('Postgres is there from beforeAll on, not while the suite is being described');
      return { kind: 'postgres', url: database.url };
    }, 'postgres');
    // Jest runs these in the order they were registered: the suite closes what it opened first.
    afterAll(async () => {
      await database?.stop();
    }, 20_000);
  });
}
