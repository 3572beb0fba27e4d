import { describe, expect, it } from '@jest/globals';
import { createClock } from './clock.ts';

/** A local clock that the test moves; asking Postgres takes `roundTripMs` of it. */
function scene(skewMs: number) {
  const local = { now: 1_000_000 };
  const clock = createClock({ now: () => local.now, sleep: async () => undefined });
  const sync = (roundTripMs: number, wrongByMs = 0) =>
    clock.sync(async () => {
      local.now += roundTripMs / 2;
      const postgresAt = local.now + skewMs + wrongByMs;
      local.now += roundTripMs / 2;
      return postgresAt;
    });
  return { local, clock, sync };
}

describe('createClock', () => {
  it.each([-600_000, 0, 600_000])('follows Postgres when the local clock is %d ms off', async (skewMs) => {
    const { local, clock, sync } = scene(skewMs);
    await sync(4);
    expect(clock.now() - local.now).toBe(skewMs);
    expect(clock.until(local.now + skewMs + 250)).toBe(250);
    expect(clock.until(local.now + skewMs - 250)).toBe(0);
  });

  it('does not believe a slow sample after a quick one, until it has aged', async () => {
    const { local, clock, sync } = scene(0);
    await sync(2);
    await sync(400, 180);
    expect(clock.now()).toBe(local.now);
    for (let round = 0; round < 60; round += 1) await sync(400, 180);
    expect(clock.now()).toBe(local.now + 180);
  });
});
