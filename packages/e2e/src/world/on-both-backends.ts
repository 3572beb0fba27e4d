import type * as Jest from '@jest/globals';
import type { QueueBackend } from '@otp-relay/queue';
import { migrate } from '@otp-relay/store';
import { describeOnBothBackends, type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { lateSends } from './late-sends.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/**
 * The same promises on Redis and on Postgres: one whole installation per backend, up from `beforeAll` on.
 * `world()` is usable inside hooks and tests.
 */
export function describeWorld(
  name: string,
  fn: (world: () => World, kind: QueueBackend['kind']) => void,
  options: Omit<WorldOptions, 'backend' | 'databaseUrl'> = {},
): void {
  const { beforeAll, afterAll } = globalThis as unknown as Pick<typeof Jest, 'beforeAll' | 'afterAll'>;
  describeOnBothBackends(name, (backend, kind) => {
    let world: World | undefined;
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      const queues = backend() as QueueBackend;
      database = await testDatabase({ template: async (url) => void (await migrate(url)) });
      world = await startWorld({ ...options, backend: queues, databaseUrl: database.url });
    }, 90_000);
    afterAll(async () => {
      // Whatever a suite is about: nothing was sent after the end, and nothing to be kept beyond it.
      const late = world ? await lateSends(world) : [];
      await world?.stop();
      await database?.stop();
      if (late.length > 0) throw new Error(`sent after the end:\n${late.join('\n')}`);
    }, 60_000);
    fn(() => {
      if (!world)
        throw new Error('the world is up from beforeAll on, not while the suite is being described');
      return world;
    }, kind);
  });
}
