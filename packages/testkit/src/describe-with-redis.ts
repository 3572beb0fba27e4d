import type * as Jest from '@jest/globals';
import { reportNotRun } from './not-run.ts';
import { redisAvailable, redisMissing, startRedis, type TestRedis } from './redis.ts';

type JestGlobals = Pick<typeof Jest, 'describe' | 'it' | 'beforeAll' | 'afterAll'>;

/**
 * A suite that needs Redis; `redis()` is usable inside hooks and tests. Where none can be had, one test by the name of
 * what did not run takes its place: it reports, and fails when `CI` is set.
 */
export function describeWithRedis(
  name: string,
  fn: (redis: () => TestRedis) => void,
  options: { readonly own?: boolean } = {},
): void {
  // Not imported: `@jest/globals` throws when the kit is loaded outside jest, by a benchmark for one.
  const { describe, it, beforeAll, afterAll } = globalThis as unknown as JestGlobals;

  if (!redisAvailable(options)) {
    it(`DID NOT RUN: ${name} (${redisMissing})`, () => {
      reportNotRun(name, redisMissing);
      if (process.env.CI) throw new Error(`CI must run "${name}", but there is ${redisMissing}`);
    });
    return;
  }

  describe(name, () => {
    let redis: TestRedis | undefined;
    beforeAll(async () => {
      redis = await startRedis(options);
    }, 60_000);
    fn(() => {
      if (!redis) throw new Error('Redis is there from beforeAll on, not while the suite is being described');
      return redis;
    });
    // Jest runs these in the order they were registered: the suite closes what it opened first.
    afterAll(async () => {
      await redis?.stop();
    });
  });
}
