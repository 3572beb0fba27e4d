import { startWorld, type World } from '@otp-relay/e2e/world';
import { setUp } from './provider.ts';
import type { Stage } from './stage.ts';

/** One api, one worker and a fast provider, as in production. */
export async function openWorld({ lifecycle, databaseUrl }: Stage): Promise<World> {
  const world = await startWorld({
    backend: lifecycle,
    databaseUrl,
    workers: 1,
    // Far beyond any backlog here: nothing is to fall back.
    tenant: { whatsappMs: 300_000 },
    env: { NODE_ENV: 'production' },
  });
  try {
    await setUp(world.simulator, 20);
    return world;
  } catch (fault) {
    await world.stop();
    throw fault;
  }
}
